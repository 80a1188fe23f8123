// The input `task`: every form that is taken, and one sentence for each that is not.
import { describe, expect, it } from '@jest/globals';
import { parseTask } from '../src/task-inputs.js';

describe('a task', () => {
  it('is a command with variables, a deadline and files', () => {
    const files = ['/app/reports/', '/tmp/./cover.json'];
    expect(
      parseTask({
        name: 'migrate',
        command: ['node', 'm.js', 1],
        environment: { A: 1 },
        deadline: '5m',
        files,
      }),
    ).toEqual({
      name: 'migrate',
      command: ['node', 'm.js', '1'],
      environment: new Map([['A', '1']]),
      deadlineMs: 300_000,
      files: ['/app/reports', '/tmp/cover.json'],
    });
    expect(parseTask({ command: ['true'] })).toMatchObject({ name: 'task', deadlineMs: 900_000, files: [] });
  });

  it.each<readonly [unknown, RegExp]>([
    ['node migrate.js', /a map was expected/],
    [{}, /a command was expected/],
    [{ command: 'node migrate.js' }, /command: a list was expected/],
    [{ command: ['a'], comand: [] }, /it has no comand/],
    [{ command: ['a'], name: 'a b' }, /is no name/],
    [{ command: ['a'], deadline: '0s' }, /deadline/],
    [{ command: ['a'], files: '/app' }, /files: a list/],
    [{ command: ['a'], files: ['app'] }, /an absolute path/],
    [{ command: ['a'], files: ['/'] }, /an absolute path/],
    [{ command: ['a'], files: ['/a/../b'] }, /an absolute path/],
    [{ command: ['a'], files: ['/a/x.xml', '/b/x.xml'] }, /end in x\.xml/],
    [{ command: ['a'], files: Array.from({ length: 51 }, (_, index) => `/${index}`) }, /at most 50/],
  ])('%j is refused', (value, message) => expect(() => parseTask(value)).toThrow(message));
});
