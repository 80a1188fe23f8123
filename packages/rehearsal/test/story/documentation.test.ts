// docs/rehearsal.md says what a story can say.
import { readFileSync } from 'node:fs';
import { parseYaml } from '@headgate/kit/yaml';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { expectationKinds } from '../../src/story/expectation-schema.js';
import { actionKinds, storySchema } from '../../src/story/story-schema.js';

const page = readFileSync(new URL('../../../../docs/rehearsal.md', import.meta.url), 'utf8');

/** Names in the first column of a table, in the order of the page. */
function documented(heading: string): readonly string[] {
  const [table = ''] = page.slice(page.indexOf(heading)).split('\n\n');
  const rows = table.split('\n').slice(2);
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  );
}

describe('docs/rehearsal.md', () => {
  it('shows a story that can be read', () => {
    const [, text = ''] = /```yaml\n(story:[\s\S]*?)```/.exec(page) ?? [];

    expect(v.parse(storySchema, parseYaml(text, { source: 'rehearsal.md' })).steps).toHaveLength(3);
  });

  it.each([
    ['| a step does one of', actionKinds],
    ['| an expectation', expectationKinds],
  ])('lists everything under %s', (heading, kinds) => {
    const names = documented(heading);

    expect([names.length, new Set(names)]).toEqual([kinds.length, new Set<string>(kinds)]);
  });
});
