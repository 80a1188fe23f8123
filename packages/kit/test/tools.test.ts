// Tools on PATH and their versions; downloads whose bytes are wrong.
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { downloadTool } from '../src/downloads.js';
import { runCommand } from '../src/process.js';
import { startTestServer, type TestServer } from '../src/testing/http-server.js';
import { compareVersions, findTool } from '../src/tools.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-tools-'));
const former = { ...process.env };
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  process.env['RUNNER_TEMP'] = join(folder, 'temp');
  process.env['RUNNER_TOOL_CACHE'] = join(folder, 'cache');
});

afterAll(async () => {
  await server.close();
  process.env = former;
  rmSync(folder, { recursive: true, force: true });
});

describe('findTool', () => {
  const spec = {
    versionArgs: ['version'],
    parse: (output: string) => /v(\d[^\s]*)/.exec(output)?.[1] ?? null,
    minimum: '1.10.0',
  };

  it.each([
    ['on stdout', 'echo tool v1.10.0'],
    ['on stderr', 'echo tool v2.0 >&2'],
  ])('finds a version %s that is new enough', async (_, script) => {
    const file = tool(script);

    expect(await findTool(file, spec, { run: runCommand })).toMatchObject({ file });
  });

  it.each([
    ['one that is too old', 'echo v1.9.9', 'tool-too-old', '1.10.0 or newer was expected, 1.9.9 was found'],
    ['one that fails', 'echo v2.0; echo broken >&2; exit 1', 'tool-missing', 'broken'],
    ['one that tells no version', 'echo hello', 'tool-missing', 'does not answer'],
  ])('refuses %s', async (_, script, code, message) => {
    await expect(findTool(tool(script), spec, { run: runCommand })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('refuses one that is not there', async () => {
    await expect(findTool(join(folder, 'none'), spec, { run: runCommand })).rejects.toMatchObject({
      code: 'tool-missing',
    });
  });
});

describe('compareVersions', () => {
  it.each([
    ['1.10.0', '1.9.9', 1],
    ['v1.2', '1.2.0', 0],
    ['1.2.0-rc1', '1.2.0', -1],
    ['1.2.0+build', '1.2.0', 0],
    ['0.13', '0.13.1', -1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it('orders numbers as numbers', () => {
    const version = fc.array(fc.nat(99), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const expected = Math.sign(
          a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0,
        );
        expect(Math.sign(compareVersions(a.join('.'), b.join('.')))).toBe(expected);
      }),
    );
  });
});

describe('downloadTool', () => {
  it('keeps a download whose bytes are right, and asks once', async () => {
    const bytes = '#!/bin/sh\necho v1.0.0\n';
    server.on('GET /good', { body: bytes });
    const download = {
      name: 'good',
      version: '1.0.0',
      url: `${server.url}/good`,
      sha256: sha(bytes),
      form: 'binary' as const,
    };

    const first = await downloadTool(download);
    const second = await downloadTool(download);

    expect(second).toBe(first);
    expect((await runCommand({ file: join(first, 'good'), args: [] })).stdout).toBe('v1.0.0\n');
    expect(server.requests.filter(({ path }) => path === '/good')).toHaveLength(1);
  });

  it('refuses other bytes, and unpacks and caches nothing of them', async () => {
    server.on('GET /bad', { body: 'tampered' });
    const download = {
      name: 'bad',
      version: '1.0.0',
      url: `${server.url}/bad?token=s3cr3t`,
      sha256: sha('right'),
      form: 'tar.gz' as const,
    };

    const error = (await downloadTool(download).catch((caught: unknown) => caught)) as Error;

    expect(error).toMatchObject({ code: 'download-mismatch' });
    expect(error.message).not.toContain('s3cr3t');
    expect(readdirSync(join(folder, 'cache'))).not.toContain('bad');
  });
});

let tools = 0;

function tool(script: string): string {
  tools += 1;
  const file = join(folder, `tool-${tools}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
