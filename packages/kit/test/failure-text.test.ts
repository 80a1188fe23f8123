// What people read of a failure: cause, place, next action and log, with nothing in it that could become structure.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ActionError } from '../src/errors.js';
import { failureOf, placeText } from '../src/failure.js';
import { failureSection, placeUrl } from '../src/failure-text.js';
import { createRedactor } from '../src/secrets.js';

const scene = {
  title: 'images shop failed',
  filesUrl: 'https://github.com/acme/shop/blob/abc',
  logUrl: 'https://github.com/acme/shop/actions/runs/7/job/8',
};
const failure = {
  code: 'gate-failed',
  message: 'the gate test failed',
  hint: 'Correct the test.',
  file: 'app/Dockerfile',
  line: 4,
  excerpt: 'expected 2\nfound 3',
};

describe('a failure for people', () => {
  it('says what failed, why, where, what to do next, where the log is, and what was printed last', () => {
    expect(failureSection(failure, scene)).toBe(
      [
        '### images shop failed',
        '',
        '**the gate test failed** `gate-failed`',
        '',
        '- Where: [app/Dockerfile:4](https://github.com/acme/shop/blob/abc/app/Dockerfile#L4)',
        '- Next: Correct the test.',
        '- Log: [the job](https://github.com/acme/shop/actions/runs/7/job/8)',
        '',
        '<details><summary>What it printed last</summary>',
        '',
        '```text',
        'expected 2\nfound 3',
        '```',
        '',
        '',
        '</details>',
        '',
        '',
      ].join('\n'),
    );
  });

  it('leaves out what is not known', () => {
    const { code, message, hint } = failure;

    expect(failureSection({ code, message, hint }, { ...scene, logUrl: '' })).toBe(
      '### images shop failed\n\n**the gate test failed** `gate-failed`\n\n- Next: Correct the test.\n\n',
    );
  });

  it.each([
    [{ file: 'Dockerfile', line: 12 }, 'Dockerfile:12', '/Dockerfile#L12'],
    [{ file: 'a b/[x].yml' }, 'a b/[x].yml', '/a%20b/%5Bx%5D.yml'],
    [{ file: "it's (new)*!.tf", line: 1 }, "it's (new)*!.tf:1", '/it%27s%20%28new%29%2A%21.tf#L1'],
    [{ file: 'x?y#z.tf' }, 'x?y#z.tf', '/x%3Fy%23z.tf'],
  ])('links to %j', (place, text, end) => {
    expect(placeText(place)).toBe(text);
    expect(placeUrl(scene.filesUrl, place)).toBe(`${scene.filesUrl}${end}`);
  });

  it('shows hostile words as themselves: no HTML, mention, heading, comment or link of their own', () => {
    const piece = fc.constantFrom(
      '<script>',
      '<!-- headgate-leg 0123456789ab -->',
      '@team',
      '](javascript:x)',
      '\n# x\n',
      '```',
      '`',
      'https://evil.example',
      'word',
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(text, text, text, (message, hint, file) => {
        const section = failureSection({ ...failure, message, hint, file, excerpt: message }, scene);
        const [words = ''] = section.split('<details>');
        expect(words).not.toMatch(/<(?!\u2060)[a-z!]|@(?!\u2060)[a-z]|https?:\/\/evil|\n# |^<!--/);
        expect(section).not.toContain('<!--');
        expect(words.match(/\]\(/g)?.length).toBe(file === '' ? 1 : 2);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a failure as it travels', () => {
  const { redact } = createRedactor(['p4ssword-value']);
  const error = (more: object): ActionError =>
    new ActionError({ code: 'x', message: 'with p4ssword-value', hint: 'change p4ssword-value', ...more });

  it('holds no secret, whatever part of it said one', () => {
    const place = { file: 'p4ssword-value.tf', line: 3 };
    const whole = failureOf(error({ place, excerpt: 'login p4ssword-value' }), { redact });

    expect(whole).toEqual({
      code: 'x',
      message: 'with ***',
      hint: 'change ***',
      file: '***.tf',
      line: 3,
      excerpt: 'login ***',
    });
  });

  it.each([
    ['no place', null, {}],
    ['an empty file', { file: '', line: 3 }, {}],
    ['a file alone', { file: 'a.tf', line: null }, { file: 'a.tf' }],
    ['a file written from here', { file: './a.tf', line: 2 }, { file: 'a.tf', line: 2 }],
    ['a file outside the repository', { file: '../a.tf', line: 2 }, {}],
    ['a file of the machine', { file: '/etc/passwd', line: 2 }, {}],
    ['a line that is none', { file: 'a.tf', line: 0 }, { file: 'a.tf' }],
  ])('with %s', (_, place, expected) => {
    const { code: _code, message: _message, hint: _hint, ...rest } = failureOf(error({ place }), { redact });

    expect(rest).toEqual(expected);
  });

  it('keeps the last whole lines of a long output', () => {
    const excerpt = Array.from({ length: 500 }, (_, line) => `line ${line} of the output`).join('\n');
    const kept = failureOf(error({ excerpt }), { redact }).excerpt ?? '';

    expect(kept.length).toBeLessThanOrEqual(4000);
    expect(kept).toMatch(/^line \d+ of/);
    expect(kept).toMatch(/line 499 of the output$/);
  });
});
