// The real workflow files on the engine, with every action replaced by a probe that keeps what its step was given.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunState } from '../packages/rehearsal/src/model.js';
import type { RepositorySettings } from '../packages/rehearsal/src/repository-settings.js';
import { type DeliveryHost, openDeliveryHost } from '../packages/rehearsal/test/support/delivery-host.js';
import { groups } from './secret-groups.js';
import { packageNames, readText } from './workflow-tree.js';

export interface Probe {
  readonly action: string;
  readonly mode: string;
  /** Everything the step could read: its environment, inputs among it, and the event. */
  readonly seen: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Outputs by `action mode` or `action`; a value `@file` becomes a file of its own, `@name` a name. */
export type ProbeOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ProbedHost extends DeliveryHost {
  /** Pushes the files again with a change, and gives the run that starts. */
  run(): Promise<RunState>;
  /** All probes so far, in the order in which they began. */
  probes(): readonly Probe[];
}

const script = `
const { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { randomBytes } = require('node:crypto');
const { env } = process;
const action = basename(dirname(__dirname));
const mode = env.INPUT_MODE ?? '';
const kept = join(env.HOME, 'probes');
const began = String(process.hrtime.bigint()).padStart(20, '0');
const event = readFileSync(env.GITHUB_EVENT_PATH, 'utf8');
mkdirSync(kept, { recursive: true });
writeFileSync(join(kept, began + '-' + process.pid + '.json'), JSON.stringify({ action, mode, env, event }));

const finish = () => {
  const { outputs, fail } = JSON.parse(readFileSync(join(__dirname, 'plan.json'), 'utf8'));
  for (const [name, text] of Object.entries(outputs[action + ' ' + mode] ?? outputs[action] ?? {})) {
    const own = 'probe-' + randomBytes(6).toString('hex');
    const file = join(env.RUNNER_TEMP, own + '.json');
    if (text === '@file') writeFileSync(file, '{}');
    const value = text === '@file' ? file : text === '@name' ? own : text;
    appendFileSync(env.GITHUB_OUTPUT, name + '=' + value + '\\n');
  }
};

/** Targets of one run meet each other, then wait until the test lets them go on. */
const meeting = join(env.HOME, 'meeting');
const deadline = Date.now() + 60_000;
const wait = (done, then) => {
  if (done()) return then();
  if (Date.now() > deadline) { console.error('nobody came'); process.exit(1); }
  setTimeout(wait, 20, done, then);
};
if (action !== 'rolling-deploy' || !existsSync(meeting)) finish();
else {
  writeFileSync(join(meeting, env.GITHUB_RUN_ID + '-' + process.pid), '');
  const met = () => readdirSync(meeting).filter((name) => name.startsWith(env.GITHUB_RUN_ID + '-')).length >= 2;
  wait(met, () => wait(() => existsSync(join(meeting, 'go')), finish));
}
`;

const caller = [
  'name: delivery',
  'on: push',
  'permissions: {}',
  'jobs:',
  '  flow:',
  '    permissions: {actions: write, contents: write, deployments: write, issues: write, packages: write, pull-requests: write}',
  '    uses: ./.github/workflows/git-flow.yml',
  '    secrets:',
  ...groups.map((group) => `      ${group}: \${{ secrets.${group} }}`),
  '',
].join('\n');

function probedFiles(outputs: ProbeOutputs): Readonly<Record<string, string>> {
  const root = new URL('../', import.meta.url);
  const files: Record<string, string> = {
    '.github/workflows/delivery.yml': caller,
    'headgate.yml': 'application: shop\n',
  };
  for (const name of readdirSync(new URL('workflows/', root)))
    files[`.github/workflows/${name}`] = readText(`workflows/${name}`);
  for (const name of packageNames) {
    const contract = `packages/${name}/action.yml`;
    files[contract] = readText(contract);
    files[`packages/${name}/dist/index.js`] = script;
    files[`packages/${name}/dist/post/index.js`] = '';
    files[`packages/${name}/dist/package.json`] = '{"type": "commonjs"}';
    files[`packages/${name}/dist/plan.json`] = JSON.stringify({ outputs });
  }
  return files;
}

export async function openProbedHost(
  outputs: ProbeOutputs,
  settings: Partial<RepositorySettings> = {},
): Promise<ProbedHost> {
  const host = await openDeliveryHost(settings);
  const kept = join(host.root, 'probes');
  mkdirSync(kept, { recursive: true });
  let pushes = 0;
  return {
    ...host,
    async run() {
      pushes += 1;
      await host.push({ ...probedFiles(outputs), 'change.txt': String(pushes) });
      const run = (await host.started()).at(-1);
      if (run === undefined) throw new Error('the push started no run');
      return run;
    },
    probes: () =>
      readdirSync(kept)
        .sort((a, b) => (a < b ? -1 : 1))
        .map((name) => {
          const text = readFileSync(join(kept, name), 'utf8');
          const { action, mode, env } = JSON.parse(text) as Probe;
          return { action, mode, env, seen: text };
        }),
  };
}

/** Targets wait for one another from now on, and for `go`. */
export function holdTargets({ root }: DeliveryHost): { go(): void } {
  mkdirSync(join(root, 'meeting'));
  return { go: () => writeFileSync(join(root, 'meeting', 'go'), '') };
}
