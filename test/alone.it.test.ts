// Each action's own tests, started far from this repository: from its mirror, and from what a runner downloads.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { node24 } from '../packages/kit/src/testing/action.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const actions = [
  'approval-gate',
  'docker-multistage-build',
  'notify',
  'packer-image',
  'rolling-deploy',
  'terraform-plan-apply',
];
const built = actions.every((name) => existsSync(join(root, 'packages', name, 'dist', 'index.js')));
if (!built) process.stdout.write('alone.it.test.ts skipped: the bundles are not built (npm run build)\n');
const suite = built ? describe : describe.skip;

let folder = '';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(args: readonly string[], tested = ''): Promise<Ended> {
  const env = { ...process.env, HEADGATE_ACTIONS: tested };
  const child = spawn(node24(), [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') })),
  );
}

interface Counts {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTests: number;
}

async function testActions(
  names: readonly string[],
  tested: string,
): Promise<Ended & { readonly counts: Counts }> {
  const json = join(folder, 'result.json');
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const files = names.map((name) => join(root, 'packages', name, 'test', 'action.test.ts'));
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const ended = await run([...flags, '--json', `--outputFile=${json}`, '--runTestsByPath', ...files], tested);
  return { ...ended, counts: JSON.parse(readFileSync(json, 'utf8')) as Counts };
}

suite('every mirror', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-alone-'));
    const script = join(root, 'scripts', 'mirror.mjs');
    const { code, output } = await run([script, '--present', '--out', folder]);
    if (code !== 0) throw new Error(output);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes its action’s tests, none left out', async () => {
    const { code, output, counts } = await testActions(actions, folder);

    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(counts).toMatchObject({ numFailedTests: 0, numPendingTests: 0 });
    expect(counts.numPassedTests).toBeGreaterThan(actions.length * 2);
  }, 300_000);

  it('is what those tests look at: without a chunk they fail', async () => {
    writeFileSync(join(folder, 'notify', 'dist', 'index.js'), 'process.exit(7);\n');

    expect((await testActions(['notify'], folder)).counts.numFailedTests).toBeGreaterThan(0);
  }, 120_000);
});

suite('the archive of the repository', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-downloaded-'));
    const script = join(root, 'scripts', 'check-archive.mjs');
    const { code, output } = await run([script, '--out', folder]);
    if (code !== 0) throw new Error(output);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is all that the actions need', async () => {
    const tested = [...actions, 'git-flow'];
    const { code, output, counts } = await testActions(tested, join(folder, 'packages'));

    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(counts).toMatchObject({ numFailedTests: 0, numPendingTests: 0 });
  }, 300_000);
});
