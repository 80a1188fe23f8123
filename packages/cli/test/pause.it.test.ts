// The bundle as a process, with real parts: a failure is paused on, mended, tried again, given up, interrupted.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const bundle = join(import.meta.dirname, '..', 'dist', 'index.js');
const node = process.env['HEADGATE_NODE24'] ?? process.execPath;
const missing = [
  ...(existsSync(bundle) ? [] : ['packages/cli/dist (npm run build)']),
  ...[
    ['docker', 'version'],
    ['haproxy', '-v'],
    ['docker-registry', '--version'],
  ]
    .filter(([file = '', ...args]) => spawnSync(file, args, { timeout: 20_000 }).status !== 0)
    .map((words) => words.join(' ')),
];
if (missing.length > 0) process.stderr.write(`skipped: paused rehearsals need ${missing.join(', ')}\n`);
const real = missing.length === 0 ? it : it.skip;

const files = {
  'headgate.yml': 'application: tiny\nregistry: { host: { var: REGISTRY } }\nimages: { tiny: {} }\n',
  Dockerfile: 'FROM scratch\n',
  'test.sh': 'echo expected 2, found 3; exit 1\n',
  '.github/workflows/delivery.yml': `name: delivery
on: push
jobs:
  build:
    runs-on: x
    outputs: { made: "\${{ steps.make.outputs.made }}" }
    steps:
      - { id: make, run: 'echo "made=$(date +%s%N)" >> "$GITHUB_OUTPUT"; date +%s%N > bytes.txt' }
      - { uses: actions/upload-artifact@v4, with: { name: bytes, path: bytes.txt } }
  test:
    needs: build
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - { uses: actions/download-artifact@v4, with: { name: bytes } }
      - run: sh test.sh
  last:
    needs: [build, test]
    runs-on: x
    steps:
      - { uses: actions/download-artifact@v4, with: { name: bytes } }
      - run: echo "::notice::made \${{ needs.build.outputs.made }}, bytes $(cat bytes.txt)"
`,
} as const;

let folder = '';
let application = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-it-'));
  application = join(folder, 'tiny');
  await mkdir(join(application, '.github', 'workflows'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(application, path), text);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Started {
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  output(): string;
}

/** Everything temporary and everything kept lies in the test's own folder. */
function headgate(...args: string[]): Started {
  const env = { ...process.env, TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const child = spawn(node, [bundle, ...args], { cwd: application, stdio: ['ignore', 'pipe', 'pipe'], env });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    ended: new Promise((resolve) => child.once('close', resolve)),
    kill: (signal) => child.kill(signal),
    output: () => Buffer.concat(chunks).toString('utf8'),
  };
}

async function untilPaused(): Promise<Started> {
  const rehearsal = headgate('rehearse', '--yes', '--pause-on-failure');
  let over = false;
  void rehearsal.ended.then(() => {
    over = true;
  });
  while (!over && !rehearsal.output().includes('headgate retry')) await sleep(50);
  return rehearsal;
}

async function retry(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = headgate('retry', ...args);
  return { code: await command.ended, output: command.output() };
}

const mend = (): Promise<void> => writeFile(join(application, 'test.sh'), 'echo fine\n');

describe('a rehearsal that pauses on a failure', () => {
  real(
    'fails again without an edit, passes after it, and goes on to its end',
    async () => {
      const rehearsal = await untilPaused();
      expect(rehearsal.output()).toContain('    | expected 2, found 3\n');
      expect(rehearsal.output()).toContain(`${application}/.github/workflows/delivery.yml:16\n`);

      expect(await retry()).toMatchObject({ code: 1, output: expect.stringContaining('failed again') });
      await mend();
      expect(await retry()).toMatchObject({ code: 0, output: expect.stringContaining('passed') });

      expect(await rehearsal.ended).toBe(0);
      expect(rehearsal.output()).toContain('edits that no commit of this rehearsal has: test.sh');
      expect(await retry()).toMatchObject({ code: 2 });
    },
    60_000,
  );

  real(
    'ends as it would have when the step is given up',
    async () => {
      const rehearsal = await untilPaused();

      expect(await retry('--give-up')).toMatchObject({ code: 0 });
      expect(await rehearsal.ended).toBe(1);
    },
    60_000,
  );

  real(
    'leaves nothing when it is interrupted',
    async () => {
      const rehearsal = await untilPaused();

      rehearsal.kill('SIGINT');

      expect(await rehearsal.ended).toBe(130);
      expect((await readdir(folder)).filter((name) => name.startsWith('headgate-'))).toEqual([]);
    },
    60_000,
  );
});

interface Report {
  readonly steps: readonly {
    readonly runs: readonly {
      readonly jobs: readonly { readonly name: string; readonly result: string }[];
    }[];
  }[];
}

describe('a rehearsal from a job', () => {
  const begin = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    const rehearsal = headgate('rehearse', '--yes', ...args);
    return { code: await rehearsal.ended, output: rehearsal.output() };
  };

  real(
    'skips what succeeded before, whose outputs and artifacts are there, and does the rest with the edits',
    async () => {
      expect(await begin('--from', 'test')).toMatchObject({
        code: 2,
        output: expect.stringContaining('no last rehearsal'),
      });
      const first = await begin();
      expect(first).toMatchObject({ code: 1, output: expect.stringContaining('✓ push: build') });
      expect(await begin('--from', 'tset')).toMatchObject({
        code: 2,
        output: expect.stringContaining('Did you mean test? There are: build, test, last.'),
      });

      await mend();
      const report = join(folder, 'report.json');
      const second = await begin('--from', 'test', '--json', report);

      expect(second).toMatchObject({ code: 0, output: expect.stringContaining('✓ push: build taken over') });
      const { steps } = JSON.parse(await readFile(report, 'utf8')) as Report;
      expect(steps[0]?.runs[0]?.jobs.map(({ name, result }) => `${name} ${result}`)).toEqual([
        'build success',
        'test success',
        'last success',
      ]);
      expect(await begin('--from', 'last')).toMatchObject({
        code: 0,
        output: expect.stringContaining('✓ push: test taken over'),
      });
    },
    120_000,
  );

  real(
    'goes on from one that was interrupted while it was paused',
    async () => {
      const rehearsal = await untilPaused();
      rehearsal.kill('SIGINT');
      await rehearsal.ended;
      await mend();

      expect(await begin('--from', 'test')).toMatchObject({
        code: 0,
        output: expect.stringContaining('✓ push: build taken over'),
      });
    },
    60_000,
  );
});
