// The examples of the first page are what they say: a valid headgate.yml, and inputs and outputs that exist.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseYaml } from '@headgate/kit/yaml';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('README.md', root), 'utf8');

interface Contract {
  readonly inputs: object;
  readonly outputs: object;
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-readme-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The first YAML block after a text of the page. */
function example(after: string): string {
  const [, block] = /```yaml\n([\s\S]*?)```/.exec(page.slice(page.indexOf(after))) ?? [];
  if (block === undefined) throw new Error(`no YAML block follows ${after}`);
  return block;
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe('the first page', () => {
  it('shows a headgate.yml that headgate check takes', async () => {
    write({
      'headgate.yml': example('`headgate.yml` says'),
      Dockerfile: 'FROM scratch AS test\nFROM scratch AS runtime\n',
      'compose.yaml': 'services:\n  web:\n    image: shop\n',
    });
    const host = testHost({ directory: folder });

    const code = await run(['check'], host);

    expect([code, host.errors()]).toEqual([0, '']);
    expect(host.output()).toContain('publish, deploy to integration');
  });

  it('uses inputs and outputs that the action has', () => {
    const steps = parseYaml(example('## One action alone'), { source: 'README.md' });
    const contract = readFileSync(new URL('packages/docker-multistage-build/action.yml', root), 'utf8');
    const { inputs, outputs } = parseYaml(contract, { source: 'action.yml' }) as Contract;
    const [build, use] = steps as [{ uses: string; with: object }, { env: { IMAGE: string } }];
    const output = /steps\.build\.outputs\.([a-z-]+)/.exec(use.env.IMAGE)?.[1] ?? '';

    expect(build.uses).toMatch(/\/packages\/docker-multistage-build@/);
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(build.with)));
    expect(Object.keys(outputs)).toContain(output);
  });
});
