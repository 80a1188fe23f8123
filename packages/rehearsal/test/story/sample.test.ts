// The sample's stories: each can be played as it stands, and docs/rehearsal.md tells what it shows.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readApplication } from '../../src/story/application.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const shop = join(root, 'examples', 'shop');
const stories = readdirSync(join(shop, 'stories'))
  .filter((name) => name.endsWith('.yml'))
  .map((name) => name.slice(0, -'.yml'.length));
const page = readFileSync(join(root, 'docs', 'rehearsal.md'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'headgate-sample-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the sample', () => {
  it.each(stories)('has the story %s, which can be read with what it begins with', async (name) => {
    const { story, configuration } = await readApplication(shop, name, scratch);

    expect(story.story).toBe(name);
    expect(Object.keys(configuration.images)).toEqual(['shop']);
  });

  it('has its stories on the page', () => {
    const [table = ''] = page.slice(page.indexOf('| story | what it shows')).split('\n\n');
    const rows = table.split('\n').slice(2);
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, each]) => each ?? ''),
    );

    expect(named).toHaveLength(stories.length);
    expect(new Set(named)).toEqual(new Set(stories));
  });
});
