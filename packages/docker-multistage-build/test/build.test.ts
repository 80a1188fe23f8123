// One build as the log shows it: whatever it prints, the runner obeys none of it.

import { createRedactor } from '@headgate/kit/secrets';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runBuild } from '../src/build.js';
import type { BuildSource } from '../src/build-command.js';
import { noOptions } from '../src/build-options.js';
import { commitTime } from '../src/commit-time.js';

const source: BuildSource = {
  context: '/w',
  file: '/w/Dockerfile',
  buildArgs: new Map(),
  buildContexts: new Map(),
  network: '',
  platforms: [],
  labels: new Map(),
  secretFiles: [],
  options: noOptions,
};

/** A build that prints `lines` as output of its one step and as plain text, under a step name of the same text. */
async function logOf(lines: readonly string[]): Promise<readonly string[]> {
  const deps: TestDeps = createTestDeps({
    start: async (command) => {
      const step = { digest: 'd', name: `[a 1/1] RUN ${lines.join('\n')}`, error: lines[0] ?? '' };
      const log = { vertex: 'd', stream: 1, data: Buffer.from(`${lines.join('\n')}\n`).toString('base64') };
      for (const document of [{ vertexes: [step] }, { logs: [log] }])
        command.onLine?.(JSON.stringify(document));
      for (const line of lines) command.onLine?.(line);
      return { code: 1, signal: null, stopped: null, tail: '' };
    },
  });
  const goal = { kind: 'gate', target: 'a' } as const;
  const outcome = await runBuild(
    {
      source,
      goal,
      commitTime: null,
      deadlineMs: 1000,
      title: 'Gate a',
      redactor: createRedactor([]),
      onRetry: () => undefined,
    },
    deps,
  );
  expect(outcome.kind).toBe('failed');
  return deps.core.lines;
}

const names = [
  'error',
  'warning',
  'set-output name=digest',
  'add-mask',
  'save-state name=x',
  'add-path',
  'stop-commands',
  'group',
  'debug',
  'notice',
];
const wraps: readonly ((name: string) => string)[] = [
  (name) => `::${name}::value`,
  (name) => `::${name}`,
  (name) => ` ::${name} file=a::value`,
  (name) => `text ##[${name}]value`,
  (name) => `##[${name}]value`,
  (name) => `\u001b[31m::${name}::value`,
  (name) => `a\r::${name}::value`,
  (name) => `::${name.toUpperCase()}::value`,
  (name) => `%0A::${name}::value`,
  (name) => `::${name}::%0D%0A::error::value`,
];
const forms = names.flatMap((name) => wraps.flatMap((wrap) => [wrap(name), `step: ${wrap(name)}`]));

describe('the log of a build', () => {
  it(`keeps ${forms.length} forms of workflow commands between stop and resume`, async () => {
    const lines = await logOf(forms);

    const token = /^::stop-commands::(.{20,})$/.exec(lines[0] ?? '')?.[1] ?? '';
    expect(token).not.toBe('');
    expect(lines.at(-1)).toBe(`::${token}::`);
    expect(lines.slice(1, -1).some((line) => line.includes(token))).toBe(false);
    expect(lines.filter((line) => line.includes('::error::value')).length).toBeGreaterThan(1);
  });

  it('opens and closes once around any output', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (output) => {
        const lines = await logOf(output);
        const token = (lines[0] ?? '').replace('::stop-commands::', '');
        expect(lines.filter((line) => line.includes(token))).toEqual([lines[0], `::${token}::`]);
        expect(lines.at(-1)).toBe(`::${token}::`);
      }),
    );
  });
});

describe('commitTime', () => {
  const answer = (code: number, stdout: string) =>
    commitTime('/w', createTestDeps({ run: async () => ({ code, stdout, stderr: '' }) }));
  const commit = (message: string): string =>
    `tree ${'a'.repeat(40)}\nauthor A <a@b> 1 +0000\ncommitter C > <c@d> 1767225600 +0100\n\n${message}\n`;

  it.each<[string, number, string, number | null]>([
    ['the committer line', 0, commit('x'), 1_767_225_600],
    ['not a line of the message', 0, commit('committer E <e@f> 99 +0000'), 1_767_225_600],
    ['null outside a checkout', 128, '', null],
    ['null for something else', 0, 'blob', null],
  ])('is %s', async (_what, code, stdout, expected) => {
    expect(await answer(code, stdout)).toBe(expected);
  });
});
