// A gate in a scene: a fake clock, a thread, two groups, and what people write while it waits.

import type { ActionResult } from '@headgate/kit/action';
import type { Context } from '@headgate/kit/context';
import { createFakeClock, type FakeClock } from '@headgate/kit/testing/clock';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import type { GateInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { bot, type Forge, fail, openForge, shown } from './forge.js';

export const subject = `sha256:0123456789ab${'0'.repeat(52)}`;
export const digits = '0123456789ab';
export const approve = `/approve ${digits}`;

export const gateInputs: GateInputs = {
  mode: 'request',
  token: 'token',
  bot,
  leg: '',
  environment: 'production',
  policy: {
    groups: [
      { name: 'engineering', members: ['ada', 'grace', 'dana'], quorum: 1 },
      { name: 'operations', members: ['linus', 'margaret', 'max'], quorum: 1 },
    ],
    exclude: ['actor', 'triggering-actor', 'merger', 'pull-request-author'],
    excludeAuthors: false,
    expires: 24 * 3_600_000,
  },
  version: '1.0.0',
  subject,
  record: null,
  configurationDigest: '',
  notices: [],
  parkAfter: 5 * 3_600_000,
  interval: 15_000,
};

export interface Scene {
  readonly clock: FakeClock;
  readonly forge: Forge;
  readonly deps: TestDeps;
  request(more?: Partial<GateInputs>, context?: Partial<Context>): Promise<ActionResult>;
  wait(more?: Partial<GateInputs>, context?: Partial<Context>): Promise<ActionResult>;
  waitWith(signal: AbortSignal): Promise<ActionResult>;
  /** Lets something happen at the look with this number, counted from 1 over all looks of the thread. */
  atLook(number: number, act: () => void): void;
  depsOf(context?: Partial<Context>): TestDeps;
  /** What GitHub's refusal of a call is to the gate. */
  failure(status: number): Error;
  /** The newest comment as GitHub answers its creation. */
  shown(): unknown;
  /** Bodies of our own comments, without the request. */
  replies(): readonly string[];
}

const comments = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';

export function openScene(): Scene {
  const clock = createFakeClock();
  const forge = openForge(clock);
  const acts = new Map<number, () => void>();
  let looks = 0;
  forge.before = (route) => {
    if (route !== comments) return;
    looks += 1;
    acts.get(looks)?.();
  };
  const context: Partial<Context> = {
    ref: 'refs/heads/master',
    actor: 'max',
    triggeringActor: 'max',
    workflowRef: 'acme/shop/.github/workflows/delivery.yml@refs/heads/master',
  };
  const deps = createTestDeps({
    clock,
    context: createTestContext(context),
    connectGitHub: async () => forge,
  });
  const depsOf = (more: Partial<Context> = {}): TestDeps => ({
    ...deps,
    context: createTestContext({ ...context, ...more }),
  });
  return {
    clock,
    forge,
    deps,
    depsOf,
    request: (more = {}, at = {}) => run({ ...gateInputs, ...more, mode: 'request' }, depsOf(at)),
    wait: (more = {}, at = {}) => run({ ...gateInputs, ...more, mode: 'wait' }, depsOf(at)),
    waitWith: (signal) => run({ ...gateInputs, mode: 'wait' }, { ...deps, signal }),
    atLook: (number, act) => void acts.set(looks + number, act),
    failure: (status) => fail('call', status),
    shown: () => shown(forge.comments.at(-1)),
    replies: () =>
      forge.comments
        .filter(({ login, body }) => login === bot && !body.startsWith('<!-- headgate-approval request'))
        .map(({ body }) => body),
  };
}
