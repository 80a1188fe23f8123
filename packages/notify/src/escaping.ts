// Data on its way into a text, a subject or HTML: nothing of it can become structure.

/** Any value as readable text: white space kept, marks that hide or reorder text removed. */
export function plainText(value: unknown): string {
  return textOf(value)
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(hidden, '');
}

/** The same on one line: for subjects and lists. */
export function oneLine(value: unknown): string {
  return plainText(value).replace(/\s+/g, ' ').trim();
}

/** The same for HTML, inside elements and inside quoted attributes. */
export function htmlText(value: unknown): string {
  return plainText(value).replace(/[&<>"'`=]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Controls except tab and line feed; format characters except the joiners that scripts and emoji need. */
const hidden = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}
