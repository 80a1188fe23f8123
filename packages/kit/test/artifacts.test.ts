// JSON out of artifacts: bounded, one file, and a record only under its own digest.
import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { fetchRecord, readArtifactJson } from '../src/artifacts.js';
import { digestOf } from '../src/digest.js';
import { emptyRecord } from '../src/record.js';
import { createTestGitHub } from '../src/testing/github.js';

describe('readArtifactJson', () => {
  it.each([
    ['a zip', zipSync({ 'entry.json': strToU8('{"a":1}') }), null],
    [
      'a zip with the file by its name',
      zipSync({ 'entry.json': strToU8('{"a":1}'), 'other.txt': strToU8('x') }),
      'entry.json',
    ],
    ['a file that was uploaded without a zip', strToU8('{"a":1}'), null],
  ])('reads %s', async (_, bytes, name) => {
    expect(await readArtifactJson(holding(bytes), 1, name)).toEqual({ a: 1 });
  });

  it.each([
    [
      'a zip without the file',
      zipSync({ 'other.json': strToU8('{}') }),
      'entry.json',
      'it has no file entry.json',
    ],
    [
      'a zip with several files',
      zipSync({ 'a.json': strToU8('{}'), 'b.json': strToU8('{}') }),
      null,
      'several were found',
    ],
    ['an empty zip', zipSync({}), null, 'it has no file'],
    ['a broken zip', strToU8('PK\u0003\u0004broken'), null, 'artifact 1: '],
    ['no JSON', zipSync({ 'a.json': strToU8('{') }), null, 'not JSON'],
    ['a bomb', zipSync({ 'a.json': new Uint8Array(40 * 1024 * 1024) }), null, 'unpacks to more than'],
  ])('refuses %s', async (_, bytes, name, problem) => {
    await expect(readArtifactJson(holding(bytes), 1, name)).rejects.toMatchObject({
      code: 'artifact-unreadable',
      message: expect.stringContaining(problem),
    });
  });
});

describe('fetchRecord', () => {
  const record = emptyRecord({
    application: 'shop',
    repository: 'acme/shop',
    event: 'push',
    ref: 'refs/heads/develop',
    branchKind: 'development',
    version: null,
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'dana',
    run: { id: 1, attempt: 1, url: '' },
  });
  const bytes = zipSync({ 'headgate-record.json': strToU8(JSON.stringify(record, null, 2)) });

  it('reads the record, whatever its white space', async () => {
    expect(await fetchRecord(holding(bytes), '1', digestOf(record))).toEqual(record);
  });

  it('refuses other bytes', async () => {
    await expect(fetchRecord(holding(bytes), '1', `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: 'record-mismatch',
    });
  });

  it.each([
    ['', digestOf(record)],
    ['1', ''],
    ['***', digestOf(record)],
  ])('names masks as the cause when a job output was dropped (%j, %j)', async (id, digest) => {
    await expect(fetchRecord(holding(bytes), id, digest)).rejects.toMatchObject({
      code: 'record-dropped',
      hint: expect.stringContaining('masked value'),
    });
  });
});

function holding(bytes: Uint8Array): ReturnType<typeof createTestGitHub> {
  const github = createTestGitHub();
  github.addArtifact(1, bytes);
  return github;
}
