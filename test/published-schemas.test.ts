// The published JSON Schemas take the documents that Headgate really reads and writes, and stand where their `$id` says.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parseDecision } from '../packages/configuration/src/decision-schema.js';
import { editorLine, schemaAddress } from '../packages/configuration/src/schema-address.js';
import { writeEntry } from '../packages/kit/src/entry.js';
import { type Entry, emptyRecord, mergeEntries, parseEntry } from '../packages/kit/src/record.js';
import { parseYaml } from '../packages/kit/src/yaml.js';
import { decideFor } from './decided.js';
import { everything } from './everything.js';

const text = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const names = ['decision', 'entry', 'headgate', 'record'] as const;
const schema = (name: string): { readonly $id: string } =>
  JSON.parse(text(`schemas/${name}.schema.json`)) as { $id: string };
const takes = (name: string): ValidateFunction =>
  addFormats.default(new Ajv({ strict: false })).compile(schema(name));

/** What a deployment leaves, read back from its file. */
function leftEntry(): Entry {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-schemas-'));
  try {
    const { file } = writeEntry(folder, {
      stage: 'deploy',
      name: 'web',
      attempt: 1,
      result: 'success',
      cause: null,
      parts: { timings: [{ stage: 'deploy', leg: 'web', step: 'start', seconds: 1.5 }] },
    });
    return parseEntry(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The record of a run that made this decision and this entry. */
function leftRecord(): unknown {
  const { application, event, ref, branchKind, version, commit, tree } = decideFor();
  const run = { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' };
  const flow = { application, event, ref, branchKind, version, commit, tree, run };
  return mergeEntries(emptyRecord({ ...flow, repository: 'acme/shop', actor: 'dana' }), [leftEntry()]).record;
}

const documents: readonly (readonly [name: string, what: string, document: () => unknown])[] = [
  [
    'headgate',
    "the sample's headgate.yml",
    () => parseYaml(text('examples/shop/headgate.yml'), { source: 'headgate.yml' }),
  ],
  ['headgate', 'one with every key', () => parseYaml(everything, { source: 'everything' })],
  ['decision', 'what decide says', () => parseDecision(JSON.stringify(decideFor()))],
  ['entry', 'what a leg leaves', leftEntry],
  ['record', 'what a run leaves', leftRecord],
];

describe('the published JSON Schemas', () => {
  it('are all that there are, each under the address of its place', () => {
    expect(readdirSync(new URL('../schemas', import.meta.url)).sort()).toEqual(
      names.map((name) => `${name}.schema.json`),
    );
    for (const name of names) {
      expect(schema(name).$id).toBe(schemaAddress(name));
      expect(schemaAddress(name)).toMatch(
        new RegExp(`^https://raw\\.githubusercontent\\.com/.+/v1/schemas/${name}\\.schema\\.json$`),
      );
    }
  });

  it.each(documents)('%s takes %s, and not with another member', (name, _, document) => {
    const good = JSON.parse(JSON.stringify(document())) as Record<string, unknown>;
    const validate = takes(name);

    expect([validate(good), validate.errors]).toEqual([true, null]);
    expect(validate({ ...good, schemaVersion: 'later', application: 7 })).toBe(false);
  });

  it.each(['examples/shop/headgate.yml', 'README.md', 'docs/guide.md', 'packages/configuration/README.md'])(
    'are what an editor is told to use in %s',
    (path) => {
      expect(text(path).split('\n')).toContain(editorLine);
    },
  );

  it.each(names)('%s is documented with its address', (name) => {
    expect(text('packages/configuration/README.md')).toContain(schemaAddress(name));
  });
});
