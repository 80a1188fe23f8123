// Story files: what is read, and where and why a file is refused.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkStory, readStory } from '../../src/story/read-story.js';

const smallest = `story: one
about: One step.
steps:
  - name: Push
    push: {branch: feature/a, by: mona, message: A}
`;

describe('a story file', () => {
  it('is read with every default filled in', () => {
    expect(readStory(smallest, 'one.yml').steps[0]).toEqual({
      name: 'Push',
      push: {
        branch: 'feature/a',
        from: 'develop',
        by: 'mona',
        message: 'A',
        replace: [],
        write: {},
        delete: [],
      },
      within: '3m',
      expect: [],
    });
  });

  const withStep = (step: string): string => `story: one\nabout: a\nsteps:\n${step}`;
  it.each([
    ['an unknown key', `${smallest}stpes: []\n`, 6, 1, 'did you mean `steps`?'],
    ['no step', 'story: a\nabout: b\nsteps: []\n', 3, 8, 'at least one step was expected'],
    [
      'a step without an action',
      withStep('  - name: A\n'),
      4,
      5,
      'exactly one of push, resolve, pull-request, merge',
    ],
    [
      'a step with two actions',
      withStep('  - name: A\n    merge: {branch: b, by: c}\n    stop-load: {}\n'),
      4,
      5,
      'exactly one of push',
    ],
    [
      'a wrong type',
      withStep('  - name: A\n    merge: {branch: [], by: c}\n'),
      5,
      21,
      'text was expected, found a list',
    ],
    ['a missing key', withStep('  - name: A\n    merge: {branch: b}\n'), 5, 5, 'lacks the key `by`'],
    [
      'a path out of the repository',
      withStep('  - name: A\n    push: {branch: b, by: c, message: d, delete: [../x]}\n'),
      5,
      51,
      'a path inside the folder',
    ],
    [
      "git's own folder",
      withStep('  - name: A\n    push: {branch: b, by: c, message: d, copy: .git/hooks}\n'),
      5,
      48,
      'a path inside the folder',
    ],
    ['a wrong duration', `${smallest}    within: soon\n`, 6, 13, 'a duration such as'],
    [
      'an unknown expectation',
      `${smallest}    expect:\n      - runs: {event: push}\n`,
      7,
      9,
      'did you mean `run`?',
    ],
    [
      'two expectations in one',
      `${smallest}    expect:\n      - {nothing-runs: true, published: {image: a}}\n`,
      7,
      9,
      'exactly one of run',
    ],
    [
      'a step name given twice',
      `${smallest}  - name: Push\n    merge: {branch: b, by: c}\n`,
      6,
      11,
      'a step named "Push" is there already',
    ],
    [
      'a reference to no step',
      `${smallest}    expect:\n      - running: {image: shop, built-in: Posh}\n`,
      7,
      42,
      'there is no step named "Posh" up to here',
    ],
    [
      'a part of the traffic for what no step built',
      `${smallest}    expect:\n      - traffic: {image: shop, percent: 5, built-in: Posh}\n`,
      7,
      54,
      'there is no step named "Posh" up to here',
    ],
    [
      'a header that would be two',
      `${smallest}    expect:\n      - answers: {environment: test, path: /, headers: {X-A: "b\\nX-C: d"}}\n`,
      7,
      62,
      'one line of plain text',
    ],
    [
      'a comment on something else',
      withStep('  - name: A\n    comment: {by: mona, text: hi, on: [commit]}\n'),
      5,
      39,
      'request or {pull-request: BRANCH} was expected, found a list',
    ],
    [
      'a comment on a pull request of no branch',
      withStep('  - name: A\n    comment: {by: mona, text: hi, on: {pull-reqest: b}}\n'),
      5,
      35,
      'lacks the key `pull-request`',
    ],
    [
      'two ways to wait',
      `${smallest}    wait-for: {job: a}\n    while-running: true\n`,
      4,
      5,
      'wait-for or while-running, not both',
    ],
    [
      'a state that no job has',
      `${smallest}    wait-for: {job: a, state: done}\n`,
      6,
      31,
      'queued or waiting or in_progress or completed was expected',
    ],
    [
      'a fork that is none',
      withStep('  - name: A\n    push: {branch: b, by: c, message: d, fork: false}\n'),
      5,
      48,
      'true was expected',
    ],
    [
      'a resolution without the other branch',
      withStep('  - name: A\n    resolve: {branch: b, by: c, write: {a: b}}\n'),
      5,
      5,
      'lacks the key `merging`',
    ],
    [
      'a lost runner of no job',
      withStep('  - name: A\n    lose-runner: {after: x}\n'),
      5,
      5,
      'lacks the key `job`',
    ],
    ['an unknown App', `${smallest}begins-with: {app: some}\n`, 6, 20, 'free or bound or none was expected'],
    [
      'a beginning out of the folder',
      `${smallest}begins-with: {copy: ../other}\n`,
      6,
      21,
      'a path inside the folder',
    ],
    [
      'mail that came a negative number of times',
      `${smallest}    expect:\n      - mail: {to: a@b.c, times: -1}\n`,
      7,
      34,
      'a number from 0',
    ],
    [
      'a pull request with one text that is no list',
      `${smallest}    expect:\n      - pull-request: {branch: a, contains: x}\n`,
      7,
      45,
      'a list was expected',
    ],
    [
      'a digest in one environment only',
      `${smallest}    expect:\n      - same-digest: [staging]\n`,
      7,
      22,
      'at least two environments',
    ],
    ['load that never began', withStep('  - name: A\n    stop-load: {}\n'), 5, 5, 'no load is going on here'],
    [
      'load kept that never began',
      withStep('  - name: A\n    keep-load: {at-least: 1}\n'),
      5,
      5,
      'no load is going on here',
    ],
    ['broken YAML', 'story: [a\n', 2, 1, 'this is not valid YAML'],
  ])('is refused for %s, with line, column and cure', (_, text, line, column, message) => {
    const reading = checkStory(text, 'one.yml');

    expect(reading.ok).toBe(false);
    const problems = reading.ok ? [] : reading.problems;
    expect(problems[0]).toMatchObject({ line, column, message: expect.stringContaining(message) });
    expect(problems[0]?.cure).not.toBe('');
  });

  it('names every problem at once, in order of place', () => {
    const text = 'stroy: a\nabout: 1\nsteps: []\n';

    expect(() => readStory(text, 'a.yml')).toThrow(
      /a\.yml:1:1: .*\na\.yml:1:1: .*\na\.yml:2:8: .*\na\.yml:3:8: /,
    );
  });

  it('never crashes, whatever the text is', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'story: a',
        'steps:',
        '  - name: a',
        '    push: {}',
        '    expect: [{run: 1}]',
        '- &a [*a]',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const reading = checkStory(lines.join('\n'), 'any.yml');
        for (const problem of reading.ok ? [] : reading.problems) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.message).not.toBe('');
        }
      }),
    );
  });
});
