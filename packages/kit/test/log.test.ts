// Hostile lines in child output: the runner acts on none of them.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { childOutput, withGroup, withStopCommands } from '../src/log.js';
import { createTestCore } from '../src/testing/core.js';
import { executedCommands } from './runner-commands.js';

const names = [
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'set-env',
  'error',
  'debug',
  'stop-commands',
  'endgroup',
  'echo',
];
const forms = names.flatMap((name) => [
  `::${name} name=a::evil`,
  `  ::${name}::evil`,
  `\t::${name} name=a,b=c::evil`,
  `::${name.toUpperCase()}::evil`,
  `##[${name}]evil`,
  `text ##[${name} name=a]evil`,
  `\u001b[0m##[${name}]evil`,
  `progress\r::${name}::evil`,
  `\ufeff::${name}::evil`,
  `a\r\n::${name} name=x::evil`,
  `\u2028::${name}::evil`,
  `::${name}::evil\r`,
  `::::${name}::evil`,
  `##[##[${name}]evil`,
  `\u00a0::${name}::evil`,
  `::${name} name=a;b::##[${name}]evil`,
  `%0A::${name}::evil`,
  `\u0000::${name}::evil`,
  `] ##[${name} name=a;]evil`,
  `:: ${name}::evil`,
]);

describe('the test itself', () => {
  it('has 200 forms, most of which the runner would act on when nothing stops it', () => {
    const acted = forms.filter((form) => executedCommands(form).length > 0);

    expect(forms).toHaveLength(200);
    expect(acted.length).toBeGreaterThan(100);
  });
});

describe('childOutput', () => {
  it.each(forms.map((form) => [form]))('lets the runner act on nothing in %j', (form) => {
    const core = createTestCore();
    const output = childOutput(core);
    output.write(`${form}\n`);
    output.line(form);
    output.write(form);
    output.end();
    core.info('::notice::after');

    expect(executedCommands(core.lines.join('\n')).map(({ name }) => name)).toEqual([
      'stop-commands',
      'notice',
    ]);
  });

  it('holds for any text in any cut, and loses nothing of it', () => {
    const unit = fc.constantFrom(
      '::',
      '##[',
      ']',
      'set-output',
      'add-mask',
      'stop-commands',
      '\n',
      '\r',
      ' ',
      'a',
      '=',
      'é',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 12 }), { maxLength: 8 }), (chunks) => {
        const core = createTestCore();
        const output = childOutput(core);
        for (const chunk of chunks) output.write(chunk);
        output.end();
        core.info('::notice::after');

        const printed = core.lines.slice(1, -2).join('\n');
        expect(printed).toBe(chunks.join('').replace(/\n$/, ''));
        expect(executedCommands(core.lines.join('\n')).map(({ name }) => name)).toEqual([
          'stop-commands',
          'notice',
        ]);
      }),
    );
  });

  it('joins characters that were cut between chunks of bytes', () => {
    const core = createTestCore();
    const output = childOutput(core);
    for (const byte of Buffer.from('grün 😀\n')) output.write(Uint8Array.of(byte));
    output.end();

    expect(core.lines[1]).toBe('grün 😀');
  });

  it('takes a new token each time, and never prints it for the child', () => {
    const core = createTestCore();
    const first = childOutput(core);
    const token = core.lines[0]?.slice('::stop-commands::'.length) ?? '';
    first.line(`::${token}::`);
    first.line('::add-mask::evil');
    first.end();
    childOutput(core).end();

    expect(token).toMatch(/^headgate-[0-9a-f]{32}$/);
    expect(executedCommands(core.lines.join('\n')).map(({ name }) => name)).toEqual([
      'stop-commands',
      'stop-commands',
    ]);
    expect(core.lines.filter((line) => line.includes(token))).toHaveLength(2);
  });

  it('prints nothing after its end', () => {
    const core = createTestCore();
    const output = childOutput(core);
    output.end();
    output.end();
    output.line('::set-output name=a::late');
    output.write('::set-output name=a::late\n');

    expect(core.lines).toHaveLength(2);
  });
});

describe('withStopCommands and withGroup', () => {
  it('let the runner listen again when the work fails', async () => {
    const core = createTestCore();

    const work = withStopCommands(
      core,
      async (output) => {
        output.write('half a line');
        throw new Error('failed');
      },
      'build',
    );

    await expect(work).rejects.toThrow('failed');
    expect(core.lines[1]).toBe('half a line');
    expect(core.lines[2]).toMatch(/^::headgate-/);
    expect(core.groups).toEqual(['build']);
  });

  it('hand the result on', async () => {
    const core = createTestCore();

    expect(await withStopCommands(core, async () => 1)).toBe(1);
    expect(await withGroup(core, 'g', async () => 2)).toBe(2);
  });
});
