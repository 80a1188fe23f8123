// Values of compose keys in each form Compose allows them; pure.
import type { Node } from './compose-document.js';
import { splitWords } from './words.js';

/** True, false, or null when absent. */
export function readBoolean(node: Node): boolean {
  const text = node.text();
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  throw node.fault(`is ${text}, true or false was expected`, 'Write true or false.');
}

/** One text or a list of texts. */
export function readList(node: Node): readonly string[] {
  if (node.value === null || node.value === undefined) return [];
  if (!Array.isArray(node.value)) return [node.text() ?? ''];
  return node.children().map((item) => item.text() ?? '');
}

/** A command: a list as it is, a text split into words as a shell would, without any expansion; null when absent. */
export function readCommand(node: Node): readonly string[] | null {
  if (node.value === null || node.value === undefined) return null;
  if (Array.isArray(node.value)) return readList(node);
  const words = splitWords(node.text() ?? '');
  if (words !== null) return words;
  throw node.fault('has a quote that is not closed', 'Close the quote, or write the command as a list.');
}

/** A mapping, or a list of NAME=VALUE; a name alone is null. */
export function readPairs(node: Node): ReadonlyMap<string, string | null> {
  if (!Array.isArray(node.value)) return new Map(node.children().map((item) => [item.key, item.text()]));
  return new Map(
    node.children().map((item): [string, string | null] => {
      const line = item.text() ?? '';
      const at = line.indexOf('=');
      return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const durationUnits: Readonly<Record<string, number>> = {
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of `90s`, `1m30s`, `500ms`; null when absent. */
export function readDuration(node: Node): number | null {
  const text = node.text();
  if (text === null) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text) {
    return parts.reduce(
      (sum, [, digits, unit]) => sum + Number(digits) * (durationUnits[unit ?? ''] ?? 0),
      0,
    );
  }
  throw node.fault(
    `is ${text}, a duration such as 30s or 1m30s was expected`,
    'Write a number with its unit.',
  );
}

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
};

/** Bytes of `512m`, `2gb`; 0 when absent. */
export function readBytes(node: Node): number {
  const text = node.text();
  if (text === null) return 0;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = sizeUnits[(unit ?? '?').toLowerCase()];
  if (digits !== undefined && factor !== undefined) return Math.round(Number(digits) * factor);
  throw node.fault(`is ${text}, a size such as 512m was expected`, 'Write a number with b, k, m or g.');
}

/** A number of at least 0; `absent` when there is none. */
export function readNumber(node: Node, absent: number): number {
  const text = node.text();
  if (text === null) return absent;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw node.fault(`is ${text}, a number was expected`, 'Write a number.');
}
