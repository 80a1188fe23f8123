// Workflow commands in output lines.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CommandEffects, createCommandProcessor } from '../../src/runner/command-processor.js';
import { commandForms } from '../support/command-forms.js';

interface Recorded {
  readonly effects: string[];
  readonly lines: string[];
}

function record(): Recorded & { readonly process: (line: string) => void } {
  const effects: string[] = [];
  const lines: string[] = [];
  const target: CommandEffects = {
    debug: (text) => void effects.push(`debug ${text}`),
    line: (text) => void lines.push(text),
    output: (name, value) => void effects.push(`output ${name}=${value}`),
    state: (name, value) => void effects.push(`state ${name}=${value}`),
    mask: (value) => void effects.push(`mask ${value}`),
    annotate: ({ level, message, file, line, title }) =>
      void effects.push([level, message, file, line, title].filter((part) => part !== undefined).join('|')),
    fail: (message) => void effects.push(`fail ${message}`),
  };
  return { effects, lines, process: createCommandProcessor(target) };
}

const deprecated = 'warning|The `set-output` command is deprecated; write to $GITHUB_OUTPUT.';

describe('a workflow command', () => {
  it.each<[string, string[]]>([
    ['::error file=a.ts,line=3,title=T%3A1::broken%0Atwice', ['failure|broken\ntwice|a.ts|3|T:1']],
    ['::warning::careful', ['warning|careful']],
    ['  ::notice::indented', ['notice|indented']],
    ['::add-mask::value', ['mask value']],
    ['::ADD-MASK::value', ['mask value']],
    ['##[add-mask]value', ['mask value']],
    ['text before ##[error]legacy', ['failure|legacy']],
    ['text ##[set-output name=a;]b', ['output a=b', deprecated]],
    ['::set-output name=a::50%25%0A', ['output a=50%\n', deprecated]],
    ['::set-output::b', ["fail Required field 'name' is missing in ##[set-output] command."]],
    ['::set-env name=A::b', ['fail The `set-env` command is disabled.']],
    ['##[add-path]/x', ['fail The `add-path` command is disabled.']],
    ['::stop-commands::set-output', ["fail The token 'set-output' of stop-commands is not safe."]],
    ['::stop-commands::', ["fail The token '' of stop-commands is not safe."]],
    ['text ::error::not at the start', []],
    ['::unknown::x', []],
    [':: error::x', []],
    ['::error', []],
  ])('%s', (line, expected) => {
    const { effects, process } = record();
    process(line);

    expect(effects).toEqual(expected);
  });

  it('does nothing between stop-commands and its token, in either form of the end', () => {
    for (const end of ['::t0ken::', 'x ##[t0ken]']) {
      const { effects, lines, process } = record();
      for (const line of ['::stop-commands::t0ken', '::error::no', '::other::', end, '::error::yes'])
        process(line);

      expect(effects).toEqual(['failure|yes']);
      expect(lines).toEqual(['::error::no', '::other::', '##[error]yes']);
    }
  });

  it('changes nothing in 200 hostile forms inside a stopped log', () => {
    const { effects, lines, process } = record();
    process('::stop-commands::4f1c8c3a-aaaa-4bbb-8ccc-000000000000');
    for (const form of commandForms) process(form);

    expect(commandForms.length).toBeGreaterThanOrEqual(200);
    expect(new Set(commandForms).size).toBe(commandForms.length);
    expect(effects).toEqual([]);
    expect(lines).toEqual(commandForms);
  });

  it('is noticed in those forms when nothing stops it, so that the former test can fail', () => {
    const noticed = commandForms.filter((form) => {
      const { effects, lines, process } = record();
      process(form);
      return effects.length > 0 || lines[0] !== form;
    });

    expect(noticed.length).toBeGreaterThan(100);
  });

  it('never throws and keeps every line that is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (line) => {
        fc.pre(!line.trimStart().startsWith('::') && !line.includes('##['));
        const { effects, lines, process } = record();
        process(line);
        expect([effects, lines]).toEqual([[], [line]]);
      }),
    );
  });
});
