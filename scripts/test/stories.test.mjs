// Which of the sample's stories `npm test` plays.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listStories } from '../setup/rehearsal.mjs';
import { root } from '../workspace/paths.mjs';

describe('listStories', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-stories-'));
    mkdirSync(join(folder, 'examples', 'shop', 'stories', 'small-shop'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('takes every file of the folder in one order, but the one that must fail', () => {
    for (const name of ['rerun.yml', 'dropped-connection.yml', 'fork.yml', 'notes.txt'])
      writeFileSync(join(folder, 'examples', 'shop', 'stories', name), '');

    expect(listStories(folder)).toEqual(['fork', 'rerun']);
  });

  it('finds those of this checkout', () => {
    expect(listStories(root)).toEqual(expect.arrayContaining(['first-release', 'fork', 'lost-runner']));
  });
});
