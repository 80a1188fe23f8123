// The forms in which a secret turns up in files, logs and documents: as it is, and as the usual encodings leave it.

export type SecretEncoding = 'raw' | 'line' | 'base64' | 'base64url' | 'url' | 'hex' | 'json';

export interface SecretForm {
  readonly encoding: SecretEncoding;
  readonly text: string;
}

/** A line shorter than this is no form of its own: it would blank a log, and be found everywhere. */
export const shortestLine = 8;

/**
 * Every form of `value`, each text once, under the first encoding that gives it. The base64 forms are those characters
 * that the bytes in front and behind cannot change, so they are found inside the base64 of a longer text too.
 */
export function secretForms(value: string): readonly SecretForm[] {
  const forms = new Map<string, SecretEncoding>();
  const add = (encoding: SecretEncoding, texts: readonly string[]): void => {
    for (const text of texts) if (text !== '' && !forms.has(text)) forms.set(text, encoding);
  };
  const bytes = Buffer.from(value);
  const standard = [0, 1, 2].map((before) => innerBase64(bytes, before));
  add('raw', [value]);
  add('line', linesOf(value));
  add('base64', standard);
  add('base64url', standard.map(urlSafe));
  add('url', urlForms(value));
  add('hex', [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]);
  add('json', jsonForms(value));
  return [...forms].map(([text, encoding]) => ({ encoding, text }));
}

/** The lines of a value that has several, blanks around them left out. */
export function linesOf(value: string): readonly string[] {
  const lines = value.split(/\r\n|\r|\n/);
  if (lines.length === 1) return [];
  return lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine);
}

/** The characters of the base64 text that hold bits of `bytes` alone, when `before` bytes stand in front. */
function innerBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function urlSafe(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** As browsers, strict encoders (RFC 3986) and forms write it, with large and small hexadecimal digits. */
function urlForms(value: string): readonly string[] {
  if (!value.isWellFormed()) return [];
  const plain = encodeURIComponent(value);
  const strict = plain.replace(/[!'()*]/g, (mark) => `%${hexOf(mark, 2).toUpperCase()}`);
  const all = [plain, strict, strict.replaceAll('%20', '+')];
  return [...all, ...all.map((text) => text.replace(/%[0-9A-F]{2}/g, (mark) => mark.toLowerCase()))];
}

/** As JavaScript, Go (which escapes for HTML), PHP (which escapes slashes) and Python (ASCII only) write it. */
function jsonForms(value: string): readonly string[] {
  const plain = JSON.stringify(value).slice(1, -1);
  const escaped = (mark: string): string => `\\u${hexOf(mark, 4)}`;
  return [
    plain,
    plain.replace(/[<>&\u2028\u2029]/g, escaped),
    plain.replaceAll('/', '\\/'),
    plain.replace(/[^\0-\x7f]/g, escaped),
  ];
}

function hexOf(mark: string, digits: number): string {
  return mark.charCodeAt(0).toString(16).padStart(digits, '0');
}
