// The bundle plays whole stories with real parts: a cut connection must be seen, and nothing may be left behind.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');
const bundle = join(root, 'packages', 'cli', 'dist', 'index.js');
const node = process.env['HEADGATE_NODE24'] ?? process.execPath;
const image = process.env['NODE_IMAGE'] ?? 'node:24';

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
  readonly load: { readonly requests: number; readonly failed: number };
}

function headgate(...args: string[]): {
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  output(): string;
} {
  const child = spawn(node, [bundle, ...args, '--yes', '--var', `NODE_IMAGE=${image}`], {
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

describe('a story', () => {
  real(
    'that cuts a request in flight fails at its load, and only there',
    async () => {
      const json = join(folder, 'dropped.json');

      const code = await headgate(
        'rehearse',
        'examples/shop',
        '--story',
        'dropped-connection',
        '--json',
        json,
      ).ended;
      const report = JSON.parse(await readFile(json, 'utf8')) as Report;

      expect(report.steps.filter((step) => !step.ok).map((step) => step.name)).toEqual(['Nobody noticed']);
      expect(report.load.failed).toBeGreaterThan(0);
      expect(code).toBe(1);
      expect(containers()).toBe('');
    },
    300_000,
  );

  real(
    'that is interrupted leaves nothing running',
    async () => {
      const rehearsal = headgate('rehearse', 'examples/shop', '--story', 'first-delivery');
      const begun = async (): Promise<void> => {
        while (!rehearsal.output().includes('decide')) await new Promise((resolve) => setImmediate(resolve));
      };
      await Promise.race([begun(), rehearsal.ended]);

      rehearsal.kill('SIGINT');

      expect(await rehearsal.ended).toBe(130);
      expect(rehearsal.output()).toContain('everything that was started has ended');
      expect(containers()).toBe('');
    },
    120_000,
  );
});
