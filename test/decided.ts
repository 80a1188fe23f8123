// Decisions for the tests here, and settings read as the actions read them.
import { decide } from '../packages/configuration/src/decide.js';
import type { Decision, Leg } from '../packages/configuration/src/decision.js';
import type { Facts } from '../packages/configuration/src/facts.js';
import { readConfiguration } from '../packages/configuration/src/read.js';
import { createInputReader, type InputReader, type InputSpecs } from '../packages/kit/src/inputs.js';
import { createTestCore } from '../packages/kit/src/testing/core.js';
import { everything, files, variables } from './everything.js';

export interface Given {
  /** headgate.yml; the one with everything unless said. */
  readonly text?: string;
  readonly facts?: Partial<Facts>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The decision for a push to the development branch, unless said otherwise. */
export function decideFor({ text = everything, facts = {}, variables: more = {} }: Given = {}): Decision {
  const paths = Object.keys(files);
  const read = readConfiguration(text, 'headgate.yml', {
    exists: (path) => path === '.' || paths.some((file) => file === path || file.startsWith(`${path}/`)),
    read: (path) => files[path] ?? null,
  });
  return decide(
    {
      eventName: 'push',
      event: { kind: 'push', branch: 'trunk' },
      ref: 'refs/heads/trunk',
      repository: { owner: 'Acme', name: 'Shop', url: 'https://github.com/Acme/Shop' },
      commit: 'a'.repeat(40),
      tree: 'b'.repeat(40),
      attempt: 1,
      tags: ['v1.2.3'],
      lastRelease: 'v1.2.3',
      remoteBranches: [],
      push: null,
      commits: 7,
      openPullRequests: [],
      policy: null,
      variables: new Map([...variables, ...Object.entries(more)]),
      ...facts,
    },
    read,
  );
}

export interface ReadAction<I> {
  readonly specs: InputSpecs;
  readonly readInputs: (reader: InputReader) => I;
}

export interface ReadSettings<I> {
  readonly inputs: I;
  /** Names of the settings that the action never looked at. */
  readonly unread: readonly string[];
}

/** Reads a leg's settings as the action does when the workflow starts it, with what the workflow passes beside them. */
export function readLeg<I>(
  { specs, readInputs }: ReadAction<I>,
  { settings }: Leg,
  passed: Readonly<Record<string, string>>,
): ReadSettings<I> {
  // As it travels: through a job output and `toJSON`.
  const core = createTestCore({ ...passed, settings: JSON.stringify(settings) });
  const reader = createInputReader<string>(specs, core);
  const seen = new Set<string>();
  const watched = Object.fromEntries(
    Object.entries(reader).map(([method, read]: [string, (name: string, ...rest: never[]) => unknown]) => [
      method,
      (name: string, ...rest: never[]): unknown => {
        seen.add(name);
        return read(name, ...rest);
      },
    ]),
  ) as unknown as InputReader;
  const inputs = readInputs(watched);
  return { inputs, unread: Object.keys(settings).filter((name) => !seen.has(name)) };
}
