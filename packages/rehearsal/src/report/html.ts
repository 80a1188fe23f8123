// HTML in which every text is a text: what is put into a template is escaped unless it is a template itself.
import { clean } from '../view/text.js';

/** A piece of finished HTML; only `html` makes it. */
export interface Html {
  readonly kind: 'html';
  readonly text: string;
}

export type Piece = Html | string | number | null | readonly Html[];

/** Attributes are to stand in double quotes. `null` is nothing, a list is joined. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const text = strings.map((literal, index) => literal + render(pieces[index] ?? null)).join('');
  return { kind: 'html', text };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and marks that turn the reading direction become visible, the rest shows as itself. */
export function escapeHtml(text: string): string {
  return clean(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function render(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number') return String(piece);
  if ('kind' in piece) return piece.text;
  return piece.map((each) => each.text).join('');
}

export const nothing = html``;

/** A table that scrolls by itself where the page is too narrow; cells of `right` columns stand to the right. */
export function dataTable(
  columns: readonly { readonly title: string; readonly right?: boolean }[],
  rows: readonly (readonly Piece[])[],
): Html {
  const side = (index: number): string => (columns[index]?.right === true ? 'right' : 'left');
  return html`<div class="scroll"><table><thead><tr>${columns.map(
    ({ title }, index) => html`<th scope="col" class="${side(index)}">${title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, index) => html`<td class="${side(index)}">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A part of the page; nothing when it has nothing to show. */
export function section(id: string, title: string, body: Html): Html {
  if (body.text === '') return nothing;
  return html`<section id="${id}"><h2>${title}</h2>${body}</section>\n`;
}

/** For `pre`: lines stay lines, only inside them are control characters shown. */
export function linesOf(lines: readonly string[]): Html {
  return html`${lines.map((line) => html`${line}\n`)}`;
}

/** A digest, short for people; the whole one is its title. */
export function digestCode(digest: string): Html {
  const short = digest.replace(/^sha256:/, '').slice(0, 12);
  return html`<code title="${digest}">${short}</code>`;
}
