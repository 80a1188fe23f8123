// The contract check finds each kind of difference between an action.yml and the code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { contractProblems } from '../src/testing/contract.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-contract-'));
const file = join(folder, 'action.yml');
const specs = {
  context: { default: '.' },
  publish: { default: 'false' },
  image: { default: '', required: true },
};
const good = `
name: probe
description: Probes.
branding: {icon: box, color: blue}
inputs:
  context: {description: Where., default: ".", required: false}
  publish: {description: Whether., default: false, required: false}
  image: {description: What., required: true}
outputs:
  digest: {description: The digest.}
  entry-file: {description: The entry.}
  result: {description: How it went.}
runs: {using: node24, main: dist/index.js}
`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('contractProblems', () => {
  it('finds none where both sides agree', () => {
    expect(problems(good)).toEqual([]);
  });

  it.each([
    [
      'an input of the file alone',
      good.replace('inputs:', 'inputs:\n  extra: {description: x, default: "", required: false}'),
      'input extra is in action.yml and not in the code',
    ],
    [
      'an input of the code alone',
      good.replace(/ {2}publish.*\n/, ''),
      'input publish is in the code and not in action.yml',
    ],
    [
      'another default',
      good.replace('default: "."', 'default: app'),
      'input context defaults to "app" in action.yml and to "." in the code',
    ],
    [
      'another requirement',
      good.replace('default: ".", required: false', 'default: ".", required: true'),
      'input context is required on one side only',
    ],
    [
      'no requirement',
      good.replace('default: ".", required: false', 'default: "."'),
      'input context does not say whether it is required',
    ],
    ['no description', good.replace('description: Where., ', ''), 'input context has no description'],
    [
      'a missing output',
      good.replace(/ {2}digest.*\n/, ''),
      'output digest is in the code and not in action.yml',
    ],
    [
      'a missing common output',
      good.replace(/ {2}result.*\n/, ''),
      'output result is in the code and not in action.yml',
    ],
    [
      'an output without description',
      good.replace('{description: The digest.}', '{}'),
      'output digest has no description',
    ],
    ['another runtime', good.replace('node24', 'node20'), 'runs.using is not node24'],
    ['no branding', good.replace(/branding.*\n/, ''), 'branding.icon is missing'],
  ])('finds %s', (_, text, problem) => {
    expect(problems(text)).toContain(problem);
  });
});

function problems(text: string): readonly string[] {
  writeFileSync(file, text);
  return contractProblems({ file, specs, outputNames: ['digest'] });
}
