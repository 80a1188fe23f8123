// Which failures of a story wait, and which commits come out the same again.
import { describe, expect, it } from '@jest/globals';
import { createPauses } from '../../src/runner/pauses.js';
import { pausingWatcher } from '../../src/story/pausing.js';
import { readStory } from '../../src/story/read-story.js';
import { createTimes } from '../../src/story/times.js';

const story = readStory(
  `story: s
about: a
steps:
  - { name: good, push: { branch: b, by: a, message: m }, expect: [{ run: { event: push, result: success } }] }
  - { name: bad, push: { branch: b, by: a, message: m }, expect: [{ run: { event: push, result: failure } }] }
  - { name: bad job, push: { branch: b, by: a, message: m }, expect: [{ job: { name: test, result: failure } }] }
  - { name: silent, push: { branch: b, by: a, message: m } }
`,
  's',
);

describe('a story whose failures pause', () => {
  it('goes on where a failure is what a step expects, and tells its watcher as before', () => {
    const pauses = createPauses(() => 0);
    const told: string[] = [];
    const watcher = {
      stepBegan: ({ name }: { readonly name: string }) => void told.push(`${name} ${pauses.wanted}`),
      stepEnded: () => undefined,
      loadOf: () => undefined,
    };
    const pausing = pausingWatcher(watcher, pauses);
    for (const [index, step] of story.steps.entries()) pausing.stepBegan(step, index);

    expect(told).toEqual(['good true', 'bad false', 'bad job false', 'silent true']);
    expect(pausingWatcher(watcher, undefined)).toBe(watcher);
  });
});

describe('times', () => {
  it('are those of the last rehearsal first, then the present, and are kept', () => {
    const times = createTimes([1, 2], () => 9);

    expect([times.now(), times.now(), times.now()]).toEqual([1, 2, 9]);
    expect(times.given).toEqual([1, 2, 9]);
  });
});
