// The published JSON Schemas of record and entry judge as the code does.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { emptyRecord, mergeEntries, parseEntry, parseRecord } from '../src/record.js';
import { legHash } from '../src/record-names.js';

const entry = {
  schemaVersion: 1,
  stage: 'deploy',
  name: 'integration/web',
  leg: legHash('deploy', 'integration/web'),
  attempt: 1,
  result: 'failure',
  cause: { code: 'unhealthy', message: 'it never answered', hint: 'Read its log.' },
  parts: { timings: [{ stage: 'deploy', leg: 'web', step: 'start', seconds: 1.5 }] },
};
const flow = {
  application: 'shop',
  repository: 'acme/shop',
  event: 'push',
  ref: 'refs/heads/develop',
  branchKind: 'development',
  version: null,
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  actor: 'dana',
  run: { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
};
const { record } = mergeEntries(emptyRecord(flow), [parseEntry(entry)]);

function published(name: string): ValidateFunction {
  const text = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  return new Ajv().compile(JSON.parse(text) as object);
}

describe('the published JSON Schemas', () => {
  it.each([
    ['entry', 'entry.schema.json', parseEntry, entry],
    ['record', 'record.schema.json', parseRecord, record],
  ] as const)('take a good %s and refuse what the code refuses', (_, file, parse, good) => {
    const takes = published(file);
    const bad = [
      { ...good, schemaVersion: 2 },
      { ...good, approved: true },
      { ...good, [file.startsWith('entry') ? 'stage' : 'images']: 'evil' },
      {},
    ];

    expect(takes(JSON.parse(JSON.stringify(good)))).toBe(true);
    expect(bad.map((value) => takes(value))).toEqual(bad.map(() => false));
    for (const value of bad) expect(() => parse(value)).toThrow();
  });
});
