// Templates: what is put in stays text, whatever it is.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dataTable, escapeHtml, html } from '../../src/report/html.js';

describe('a template', () => {
  it('keeps what it is made of and escapes what is put in', () => {
    const name = `<b title="x">&'</b>`;

    expect(html`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&amp;&#39;&lt;/b&gt;">&lt;b title=&quot;x&quot;&gt;&amp;&#39;&lt;/b&gt;</p>',
    );
  });

  it('takes templates, lists of them, numbers and nothing', () => {
    expect(html`${html`<i></i>`}${[html`1`, html`2`]}${3}${null}`.text).toBe('<i></i>123');
  });

  it('shows marks that turn the reading direction, and control characters', () => {
    expect(escapeHtml('a\u202eb\u0007')).toBe('a\uFFFDb\uFFFD');
  });

  it('lets no text out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inner = html`<p title="${text}">${text}</p>`.text.slice('<p title="'.length, -'</p>'.length);
        expect(inner.match(/[<>"']/g)?.join('')).toBe('">');
      }),
    );
  });
});

describe('a table', () => {
  it('has a title for every column and text in every cell', () => {
    const table = dataTable([{ title: 'a' }, { title: 'n', right: true }], [['<x>', 1]]).text;

    expect(table).toContain('<th scope="col" class="right">n</th>');
    expect(table).toContain('<td class="left">&lt;x&gt;</td><td class="right">1</td>');
  });
});
