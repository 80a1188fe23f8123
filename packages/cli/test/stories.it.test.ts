// The bundle plays whole stories with real parts: a cut connection must be seen, and nothing may be left behind.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');
const bundle = join(root, 'packages', 'cli', 'dist', 'index.js');
const node = process.env['HEADGATE_NODE24'] ?? process.execPath;
const image = process.env['NODE_IMAGE'] ?? 'node:24';
const certificates = process.env['CERTIFICATES'];

const missing = [
  ...(existsSync(bundle) ? [] : ['packages/cli/dist (npm run build)']),
  ...[
    ['docker', 'version'],
    ['docker', 'image', 'inspect', image],
    ['haproxy', '-v'],
    ['docker-registry', '--version'],
  ]
    .filter(([file = '', ...args]) => spawnSync(file, args, { timeout: 20_000 }).status !== 0)
    .map((words) => words.join(' ')),
];
if (missing.length > 0) process.stderr.write(`skipped: stories need ${missing.join(', ')}\n`);
const real = missing.length === 0 ? it : it.skip;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-stories-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Report {
  readonly ok: boolean;
  readonly steps: readonly { readonly name: string; readonly ok: boolean }[];
  readonly load: { readonly failed: number; readonly all: { readonly failed: number } };
}

function headgate(...args: string[]): {
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  output(): string;
} {
  const variables = [
    `NODE_IMAGE=${image}`,
    ...(certificates === undefined ? [] : [`CERTIFICATES=${certificates}`]),
  ];
  const child = spawn(node, [bundle, ...args, '--yes', ...variables.flatMap((each) => ['--var', each])], {
    cwd: root,
    stdio: 'pipe',
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    ended,
    kill: (signal) => child.kill(signal),
    output: () => Buffer.concat(chunks).toString('utf8'),
  };
}

function containers(): string {
  const args = ['ps', '--all', '--quiet', '--filter', 'label=io.headgate.application=shop'];
  return spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim();
}

type Rehearsal = ReturnType<typeof headgate>;

/** Resolves when the condition holds, or the rehearsal has ended. */
async function until(rehearsal: Rehearsal, holds: () => boolean): Promise<void> {
  let over = false;
  void rehearsal.ended.then(() => {
    over = true;
  });
  while (!over && !holds()) await sleep(50);
}

const rehearse = (story: string, ...more: string[]): Rehearsal =>
  headgate('rehearse', 'examples/shop', '--story', story, ...more);

describe('a story', () => {
  real(
    'in which one request in flight is cut fails at its load with exactly that request',
    async () => {
      const json = join(folder, 'dropped.json');

      const page = join(folder, 'dropped.html');

      const rehearsal = rehearse('dropped-connection', '--json', json, '--html', page);
      const code = await rehearsal.ended;
      const report = JSON.parse(await readFile(json, 'utf8')) as Report;

      expect(report.steps.filter((step) => !step.ok).map((step) => step.name)).toEqual(['Nobody noticed']);
      // The old instance ends after its last session was counted, so its cut may fall behind the window of the figures.
      expect(report.load.all.failed).toBe(1);
      expect(code).toBe(1);
      expect(rehearsal.output()).toContain(`report: ${page}`);
      // Who answered while it was swapped, as the proxy counted it.
      expect(await readFile(page, 'utf8')).toMatch(/<section id="traffic">.*requests answered/s);
      expect(containers()).toBe('');
    },
    300_000,
  );

  real(
    'that is interrupted leaves nothing running',
    async () => {
      const rehearsal = rehearse('first-delivery');
      await until(rehearsal, () => rehearsal.output().includes('decide'));

      rehearsal.kill('SIGINT');

      expect(await rehearsal.ended).toBe(130);
      expect(rehearsal.output()).toContain('everything that was started has ended');
      expect(containers()).toBe('');
    },
    120_000,
  );

  real(
    'that is killed leaves containers, which the next one removes',
    async () => {
      const killed = rehearse('first-delivery');
      await until(killed, () => containers() !== '');
      killed.kill('SIGKILL');
      await killed.ended;
      const left = containers().split('\n');

      const next = rehearse('first-delivery');
      await until(next, () => next.output().includes('decide'));
      const still = containers()
        .split('\n')
        .filter((id) => left.includes(id));
      next.kill('SIGINT');
      await next.ended;

      expect(left).not.toEqual(['']);
      expect(still.filter((id) => id !== '')).toEqual([]);
      expect(containers()).toBe('');
    },
    240_000,
  );
});
