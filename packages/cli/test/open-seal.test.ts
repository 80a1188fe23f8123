// `headgate open-seal` on real sealed files: only with the key, never over a file, never with the key in an argument.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seal } from '@headgate/kit/seal';
import { createSealKey } from '@headgate/kit/seal-key';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

const key = 'k'.repeat(40);
const file = 'errored.tfstate.sealed.json';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-seal-'));
  const bound = { kind: 'errored-state', environment: 'staging', runId: 7 };
  const envelope = seal(createSealKey(key), { content: Buffer.from('{"serial":3}'), bound });
  await writeFile(join(folder, file), JSON.stringify(envelope));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function open(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const host = testHost({ directory: folder, env: { HEADGATE_SEAL_KEY: key, ...env } });
  const code = await run(['open-seal', ...args], host);
  return { code, out: host.output(), errors: host.errors() };
}

describe('open-seal', () => {
  it('opens a file with its key, for its owner alone, and says what it belongs to', async () => {
    const { code, out } = await open([file, '--output', 'errored.tfstate']);

    expect(code).toBe(0);
    expect(await readFile(join(folder, 'errored.tfstate'), 'utf8')).toBe('{"serial":3}');
    expect((await stat(join(folder, 'errored.tfstate'))).mode & 0o777).toBe(0o600);
    expect(out).toContain('environment: "staging"');
    expect(out).toContain('runId: 7');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['without the key', [file, '--output', 'out'], { HEADGATE_SEAL_KEY: '' }, /HEADGATE_SEAL_KEY/],
    ['with another key', [file, '--output', 'out'], { HEADGATE_SEAL_KEY: 'q'.repeat(40) }, /another key/],
    ['without an output', [file], {}, /--output/],
    ['without a file', ['--output', 'out'], {}, /one sealed file/],
    ['a file that is not there', ['none', '--output', 'out'], {}, /none cannot be read/],
    ['over a file that exists', [file, '--output', file], {}, /it exists/],
  ])('refuses %s', async (_, args, env, message) => {
    const { code, errors } = await open(args, env);

    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});
