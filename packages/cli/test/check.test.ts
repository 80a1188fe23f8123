// `headgate check` on good and broken headgate.yml files in real folders.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-check-'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function check(
  text: string,
  ...options: string[]
): Promise<{ code: number; out: string; errors: string }> {
  await writeFile(join(folder, 'headgate.yml'), text);
  const host = testHost({ directory: folder });
  const code = await run(['check', ...options], host);
  return { code, out: host.output(), errors: host.errors() };
}

const good = 'application: shop\nimages:\n  shop: {}\n';

describe('check', () => {
  it('prints the routing table of a valid file', async () => {
    const { code, out } = await check(good);

    expect(code).toBe(0);
    expect(out).toContain('headgate.yml is valid.');
    expect(out).toMatch(/push +feature\/\* +images +build and test/);
    expect(out).toMatch(/push +develop +images +build, test, publish/);
  });

  it.each([
    [
      'an unknown key',
      `${good}enviroments: {}\n`,
      'headgate.yml:4:1: ',
      'did you mean `environments`?',
      'Write `environments`',
    ],
    [
      'a wrong type',
      'application: shop\nimages: [shop]\n',
      'headgate.yml:2:9: ',
      'a mapping',
      'Write keys with values',
    ],
    [
      'two environments of one name',
      `${good}environments:\n  test: {}\n  test: {}\n`,
      'headgate.yml:6:3: ',
      '`test` is given a second time',
      'Rename or remove one of the two.',
    ],
    [
      'a missing Dockerfile',
      'application: shop\nimages:\n  shop:\n    file: Dockerfile.web\n',
      'headgate.yml:4:11: ',
      'the Dockerfile Dockerfile.web does not exist',
      'Add the file',
    ],
  ])('refuses %s with line, column and cure', async (_, text, place, message, cure) => {
    const { code, errors } = await check(text);

    expect(code).toBe(1);
    expect(errors).toContain(place);
    expect(errors).toContain(message);
    expect(errors).toContain(cure);
  });

  it('writes the same as JSON', async () => {
    await check('application: shop\nimages: [shop]\n', '--json', 'report.json');
    const broken: unknown = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    await check(good, '--json', 'report.json');
    const valid: unknown = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));

    expect(broken).toMatchObject({ ok: false, problems: [{ line: 2, column: 9 }], routes: [] });
    expect(valid).toMatchObject({ file: 'headgate.yml', ok: true, problems: [] });
    expect(valid).toHaveProperty('routes.0.event', 'push');
  });

  it('says that a folder has no headgate.yml', async () => {
    const host = testHost({ directory: folder });

    expect(await run(['check'], host)).toBe(2);
    expect(host.errors()).toContain('headgate.yml cannot be read');
  });
});
