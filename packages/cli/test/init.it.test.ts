// What `headgate init` writes for the sample is played by `headgate rehearse` as it is: built, published, running in integration.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');
const bundle = join(root, 'packages', 'cli', 'dist', 'index.js');
const node = process.env['HEADGATE_NODE24'] ?? process.execPath;
const image = process.env['NODE_IMAGE'] ?? 'node:24';
const certificates = process.env['CERTIFICATES'] ?? '';

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
if (missing.length > 0) process.stderr.write(`skipped: a rehearsal needs ${missing.join(', ')}\n`);
const real = missing.length === 0 ? it : it.skip;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-init-'));
  const written = /headgate\.yml$|\/\.github$|\/node_modules$/;
  cpSync(join(root, 'examples', 'shop'), join(folder, 'shop'), {
    recursive: true,
    filter: (path) => !written.test(path),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function headgate(...args: string[]): { readonly code: number | null; readonly shown: string } {
  const result = spawnSync(node, [bundle, ...args], { cwd: folder, encoding: 'utf8', timeout: 590_000 });
  return { code: result.status, shown: `${result.stdout}${result.stderr}` };
}

describe('what init writes', () => {
  real(
    'can be rehearsed: a push to develop ends with two healthy instances and a worker in integration',
    () => {
      const written = headgate('init', 'shop');
      expect([written.code, written.shown]).toEqual([0, expect.stringContaining('headgate.yml written')]);
      const file = join(folder, 'shop', 'headgate.yml');
      // Which network a build may use is this machine's own affair: nothing in a repository says it.
      writeFileSync(file, readFileSync(file, 'utf8').replace('    target: runtime', '    network: host\n$&'));

      const values = [`NODE_IMAGE=${image}`, `CERTS=${certificates}`].flatMap((value) => ['--var', value]);
      const { code, shown } = headgate('rehearse', 'shop', '--yes', '--json', 'result.json', ...values);

      expect([code, shown]).toEqual([0, expect.stringContaining('everything as expected')]);
      const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as { record: unknown };
      expect(result.record).toMatchObject({
        images: [{ name: 'shop' }],
        deployments: [
          { environment: 'integration', target: 'web', instances: 2, outcome: 'deployed' },
          { environment: 'integration', target: 'worker', instances: 1, outcome: 'deployed' },
        ],
      });
    },
    600_000,
  );
});
