// GitHub's language service, as `npm test` asks it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diagnose } from '../workflows/language-service.mjs';

const action = `name: a
description: a
inputs:
  known: { description: known, required: false }
runs: { using: node24, main: index.js }
`;
const callee = `on:
  workflow_call:
    inputs:
      word: { type: string, required: true }
    outputs:
      said: { description: said, value: "\${{ jobs.a.outputs.said }}" }
jobs:
  a: { runs-on: x, outputs: { said: x }, steps: [{ run: "true" }] }
`;

describe('diagnose', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headgate-language-'));
    write('packages/a/action.yml', action);
    write('.github/workflows/callee.yml', callee);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** @param {string} path @param {string} text */
  function write(path, text) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    return join(root, path);
  }

  /** @param {string} jobs */
  const workflow = (jobs) => diagnose(root, [write('.github/workflows/x.yml', `on: push\njobs:\n${jobs}`)]);

  it('finds nothing where a call, its outputs and an action’s inputs fit', async () => {
    const found = await workflow(`  call: { uses: $/.github/workflows/callee.yml, with: { word: hello } }
  after:
    needs: call
    runs-on: ubuntu-24.04
    steps:
      - { uses: $/packages/a, with: { known: "\${{ needs.call.outputs.said }}" } }
`);

    expect(found).toEqual([]);
  });

  it.each([
    [
      'an input that the action does not have',
      '  a: { runs-on: ubuntu-24.04, steps: [{ uses: $/packages/a, with: { stray: x } }] }\n',
      /^\.github\/workflows\/x\.yml:3: Invalid action input 'stray'/u,
    ],
    [
      'an output that the called workflow does not have',
      `  call: { uses: $/.github/workflows/callee.yml, with: { word: hello } }
  after: { needs: call, runs-on: ubuntu-24.04, steps: [{ run: "echo \${{ needs.call.outputs.stray }}" }] }
`,
      /^\.github\/workflows\/x\.yml:4: Context access might be invalid: stray/u,
    ],
    [
      'an input that the call leaves out',
      '  call: { uses: $/.github/workflows/callee.yml }\n',
      /^\.github\/workflows\/x\.yml:3: Input word is required/u,
    ],
    [
      'a key that is none',
      '  a: { runs_on: ubuntu-24.04, steps: [] }\n',
      /x\.yml:3: Unexpected value 'runs_on'/u,
    ],
  ])('tells %s with its line', async (_name, jobs, expected) => {
    expect((await workflow(jobs))[0]).toMatch(expected);
  });

  it('reads action files too', async () => {
    const file = write('packages/b/action.yml', action.replace('node24', 'node99'));

    expect(await diagnose(root, [file])).toEqual([expect.stringContaining('packages/b/action.yml:5:')]);
  });
});
