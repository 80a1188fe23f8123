// Templates with hostile data: whatever it holds stays data in text, subject and HTML.
import { createRedactor } from '@headgate/kit/secrets';
import { createTestContext } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { htmlText } from '../src/escaping.js';
import { type MessageScope, messageScope } from '../src/message-scope.js';
import { type Message, renderMessage } from '../src/rendering.js';

const scopeOf = (data: Readonly<Record<string, unknown>>, event = 'deployed'): MessageScope =>
  messageScope({ event, data, record: null }, createTestContext(), createRedactor(['correct horse battery']));
const render = (
  data: Readonly<Record<string, unknown>>,
  templates: Partial<{ subject: string; text: string; html: string }> = {},
): Message => renderMessage({ subject: '', text: '', html: '', ...templates }, scopeOf(data));

/** Texts that would be structure somewhere: markup, templates, headers, hidden marks. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '<script>',
        '</td>',
        '"',
        "'",
        '`',
        '=',
        '&amp;',
        '{{',
        '}}',
        '{% raw %}',
        '\r\n',
        '\u202e',
        'a',
        '\u0000',
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join('')),
);

describe('data in templates', () => {
  it('adds no element, attribute or entity of its own to HTML', () => {
    const skeleton = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
    const expected = skeleton(render({ note: 'x', text: 'y' }).html);
    fc.assert(
      fc.property(hostile, hostile, (note, text) => {
        fc.pre(note !== '' && text !== '');
        expect(skeleton(render({ note, text }).html)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('is the same text again once HTML is decoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const shown = htmlText(text);
        const decoded = shown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        expect(decoded.replace(/\s/g, '')).toBe(text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\s]/gu, ''));
        expect(shown.replace(/&#\d+;/g, '')).not.toMatch(/[&<>"'`=]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves the subject one line, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, (note) => {
        const { subject } = render({ note }, { subject: 'Note: {{ data.note }}' });
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(subject.startsWith('Note:')).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('of a failure adds no structure either, whatever the failing leg printed', () => {
    const failed = (text: string): Readonly<Record<string, unknown>> => ({
      failures: [{ what: text, code: text, message: text, next: text, place: text, 'log-url': text }],
    });
    const skeleton = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
    const expected = skeleton(render(failed('x')).html);
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text !== '');
        expect(skeleton(render(failed(text)).html)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('is not read as a template', () => {
    expect(render({ text: '{{ 1 | plus: 1 }}' }).text).toContain('{{ 1 | plus: 1 }}');
  });

  it('loses known secrets', () => {
    const message = render({ note: 'the password is correct horse battery' });
    expect(JSON.stringify(message)).not.toContain('correct horse');
    expect(message.text).toContain('Note: the password is ***');
  });

  it('is linked only where it is an address of the web', () => {
    expect(render({ url: 'javascript:alert(1)' }).html).not.toContain('javascript:');
    expect(render({ url: 'https://example.com/a?b=1&c=2' }).html).toContain(
      '<a href="https://example.com/a?b&#61;1&#38;c&#61;2">',
    );
  });

  it('reaches no prototype', () => {
    const data = JSON.parse('{"__proto__": {"polluted": true}, "a": "1"}') as Readonly<
      Record<string, unknown>
    >;
    expect(() => render(data, { text: '{{ data.constructor }}' })).toThrow('template');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('templates', () => {
  it('of the caller win, and a text alone makes the HTML too', () => {
    const message = render(
      { names: ['a', '<b>'] },
      { subject: '{{ event | upcase }}', text: '{% for n in data.names %}* {{ n }}\n{% endfor %}' },
    );

    expect(message).toMatchObject({ subject: 'DEPLOYED', text: '* a\n* <b>' });
    expect(message.html).toContain('* a\n* &#60;b&#62;\n</pre>');
  });

  it.each([
    'delivery',
    'approval-requested',
    'approved',
    'rejected',
    'deployed',
    'failed',
    'released',
    'something-else',
  ])('are built in for %s', (event) => {
    const message = renderMessage({ subject: '', text: '', html: '' }, scopeOf({ version: '1.2.3' }, event));
    expect(message.subject).toMatch(/^acme\/shop 1\.2\.3: ./);
    expect(message.text).toContain('Run: https://github.com/acme/shop/actions/runs/1000');
    expect(message.text).not.toContain('[object');
  });

  it.each([
    ['{{ data.missing }}'],
    ['{{ data.a | raw }}'],
    ['{% echo data.a %}'],
    ['{% cycle data.a, data.a %}'],
    ['{% include "/etc/passwd" %}'],
    ['{% render "x" %}'],
    ['{% layout "x" %}'],
    ['{% tablerow i in data.a %}{{ i }}{% endtablerow %}'],
    ['{{ data.a '],
    ['{% for i in (1..100000000) %}{{ i }}{% endfor %}'],
  ])('refuse %j', (text) => {
    const begun = Date.now();
    expect(() => render({ a: '<b>' }, { text })).toThrow(
      expect.objectContaining({ code: 'template-invalid' }),
    );
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it('refuse a subject that is empty or has a line break', () => {
    for (const subject of ['{{ data.empty }}', '{% assign x = "a\nb" %}a\nb']) {
      expect(() => render({ empty: '' }, { subject })).toThrow(
        expect.objectContaining({ code: 'subject-invalid' }),
      );
    }
  });
});

describe('the notice of a failure', () => {
  const url = 'https://github.com/acme/shop/blob/abc/Dockerfile#L4';
  const failures = [
    {
      what: 'images shop',
      code: 'gate-failed',
      message: 'the gate test failed',
      next: 'Correct the test.',
      place: 'Dockerfile:4',
      'place-url': url,
      'log-url': 'https://github.com/acme/shop/actions/runs/7/job/8',
    },
    { what: 'decide', code: 'invalid-configuration', message: 'one problem', next: 'Correct it.' },
  ];

  it('has cause, place, next action and log for each leg', () => {
    const { text, html } = render({ failures, environment: 'staging' });

    expect(text).toContain(
      [
        'images shop failed: the gate test failed (gate-failed)',
        `  Where: Dockerfile:4 ${url}`,
        '  Next: Correct the test.',
        '  Log: https://github.com/acme/shop/actions/runs/7/job/8',
        '',
        'decide failed: one problem (invalid-configuration)',
        '  Next: Correct it.',
      ].join('\n'),
    );
    expect(text).toContain('Environment: staging');
    expect(html).toContain('>Dockerfile:4</a>');
    expect(html).toContain('Next: Correct the test.');
  });

  it('shows no address that is none of the web, and nothing for what is no list of failures', () => {
    const hostile = [{ what: 'x', place: 'a', 'place-url': 'javascript:alert(1)', 'log-url': 'file:///etc' }];
    const { text, html } = render({ failures: hostile });

    expect(`${text}${html}`).not.toMatch(/javascript:|file:/);
    for (const none of ['x', 7, {}, [null, 3, ['a']]])
      expect(render({ failures: none }).text).not.toMatch(/ failed/);
  });
});
