// The packed command in an empty folder, as `npx headgate` starts it: nothing of this checkout is within its reach.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testFolder } from '@headgate/kit/testing/folder';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');
const node = process.env['HEADGATE_NODE24'] ?? process.execPath;

const missing = [
  ...(existsSync(join(root, 'packages', 'cli', 'dist', 'index.js'))
    ? []
    : ['packages/cli/dist (npm run build)']),
  ...[
    ['npm', '--version'],
    ['docker', 'version'],
    ['haproxy', '-v'],
    ['docker-registry', '--version'],
  ]
    .filter(([file = '', ...args]) => spawnSync(file, args, { timeout: 20_000 }).status !== 0)
    .map((words) => words.join(' ')),
];
if (missing.length > 0) process.stderr.write(`package.it.test.ts skipped: it needs ${missing.join(', ')}\n`);
const real = missing.length === 0 ? describe : describe.skip;

/** An application without images: its flow has nothing to build, and says so. Every reference is one that nobody released. */
const files = {
  'headgate.yml': 'application: tiny\nregistry: {host: {var: REGISTRY}}\n',
  '.github/workflows/delivery.yml': `name: delivery
on:
  push:
    branches: [develop]
permissions: {}
jobs:
  flow:
    permissions: {actions: write, contents: write, deployments: write, issues: write, packages: write, pull-requests: write}
    uses: headgate/headgate/.github/workflows/git-flow.yml@v1
  news:
    runs-on: ubuntu-24.04
    steps:
      - uses: headgate/headgate/packages/notify@v7.8.9
        with: {event: deployed}
      - uses: acme/headgate/packages/notify@${'c'.repeat(40)}
        with: {event: deployed}
      - uses: headgate/notify@v1
        with: {event: deployed}
`,
};

let folder = '';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(file: string, args: readonly string[], timeout = 60_000): Ended {
  // As on a machine that has Node 24 first on PATH, and nothing cached that npm could take instead.
  const path = `${dirname(node)}:${process.env['PATH'] ?? ''}`;
  const env = {
    ...process.env,
    PATH: path,
    npm_config_cache: join(folder, '.npm'),
    npm_config_offline: 'true',
  };
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, env, timeout, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

const headgate = (...args: readonly string[]): Ended =>
  run('npx', ['--no-install', 'headgate', ...args], 240_000);

real('the packed command', () => {
  beforeAll(() => {
    folder = testFolder('headgate-npx-');
    const packed = testFolder('headgate-packed-');
    const script = join(root, 'scripts', 'pack.mjs');
    const made = spawnSync(node, [script, '--out', packed], { encoding: 'utf8', timeout: 60_000 });
    const installed = run('npm', ['install', '--no-audit', '--no-fund', made.stdout.trim()]);
    if (installed.code !== 0) throw new Error(`${made.stderr}${installed.output}`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'tiny', path)), { recursive: true });
      writeFileSync(join(folder, 'tiny', path), text);
    }
  }, 120_000);

  it('tells its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

    expect(headgate('--version')).toEqual({ code: 0, output: `${version}\n` });
  });

  it('checks an application', () => {
    const { code, output } = headgate('check', 'tiny');

    expect(code).toBe(0);
    expect(output).toContain('tiny/headgate.yml is valid.');
  });

  it('rehearses an application, and is itself whatever release of Headgate that names', () => {
    const { code, output } = headgate('rehearse', 'tiny', '--yes', '--json', 'result.json');
    const { steps } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
      steps: { runs: { jobs: { name: string; result: string }[] }[] }[];
    };

    expect(output).toContain('everything as expected');
    expect(code).toBe(0);
    const jobs = steps.flatMap(({ runs }) => runs.flatMap((each) => each.jobs));
    expect(jobs).toContainEqual(expect.objectContaining({ name: 'news', result: 'success' }));
    expect(jobs).toContainEqual(expect.objectContaining({ name: 'flow / result (push)', result: 'success' }));
  }, 300_000);
});
