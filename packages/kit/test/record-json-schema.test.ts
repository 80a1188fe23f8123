// The published JSON Schemas of record and entry judge as the code does.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { emptyRecord, mergeEntries, parseEntry, parseRecord } from '../src/record.js';
import { legHash } from '../src/record-names.js';

const digest = `sha256:${'d'.repeat(64)}`;
const entry = {
  schemaVersion: 1,
  stage: 'deploy',
  name: 'integration/web',
  leg: legHash('deploy', 'integration/web'),
  attempt: 1,
  result: 'failure',
  cause: {
    code: 'unhealthy',
    message: 'it never answered',
    hint: 'Read its log.',
    file: 'compose.yaml',
    line: 3,
    excerpt: 'x',
  },
  parts: {
    machineImages: [
      {
        template: 'host',
        builder: 'docker.host',
        type: 'docker',
        region: '',
        id: digest,
        artifactId: digest,
        files: [{ path: 'motd', size: 3, sha256: 'c'.repeat(64) }],
      },
    ],
    plans: [
      {
        directory: 'infrastructure',
        workspace: 'default',
        environment: 'production',
        outcome: 'planned',
        fileDigest: digest,
        meaningDigest: digest,
        add: 1,
        change: 0,
        destroy: 0,
        artifact: 'headgate-plan-0123456789ab',
      },
    ],
    configurations: [{ environment: 'production', digest, members: { 'compose.yaml': digest } }],
    approvals: [
      {
        environment: 'production',
        subject: digest,
        decision: 'approved',
        url: 'https://github.com/acme/shop/pull/7#issuecomment-1',
        deadline: '2026-01-02T00:00:00.000Z',
        approvers: [{ login: 'erin', group: 'operations', at: '2026-01-01T12:00:00Z', comment: '/approve' }],
      },
    ],
    timings: [{ stage: 'deploy', leg: 'web', step: 'start', seconds: 1.5 }],
  },
} as const;
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
  const text = readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8');
  return addFormats.default(new Ajv()).compile(JSON.parse(text) as object);
}

describe('the published JSON Schemas', () => {
  const wrongParts: readonly (readonly [string, object])[] = [
    ['a plan without its meaning', { plans: [{ ...entry.parts.plans[0], meaningDigest: undefined }] }],
    ['a plan of another outcome', { plans: [{ ...entry.parts.plans[0], outcome: 'maybe' }] }],
    [
      'a machine image with a free member',
      { machineImages: [{ ...entry.parts.machineImages[0], note: '' }] },
    ],
    ['a configuration without a digest', { configurations: [{ environment: 'production', members: {} }] }],
    ['an approval without a time', { approvals: [{ ...entry.parts.approvals[0], deadline: 'soon' }] }],
    ['a decision nobody knows', { approvals: [{ ...entry.parts.approvals[0], decision: 'fine' }] }],
  ];

  it.each(wrongParts)('refuse %s, in an entry and in a record, as the code does', (_, parts) => {
    const [one, other] = [
      { ...entry, parts },
      { ...record, ...parts },
    ];

    expect(published('entry.schema.json')(JSON.parse(JSON.stringify(one)))).toBe(false);
    expect(published('record.schema.json')(JSON.parse(JSON.stringify(other)))).toBe(false);
    expect(() => parseEntry(JSON.parse(JSON.stringify(one)))).toThrow();
    expect(() => parseRecord(JSON.parse(JSON.stringify(other)))).toThrow();
  });

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
