// A failure as it travels: in entries, in outputs, in what people read. Redacted, and of bounded length.
import type { ActionError, Place } from './errors.js';
import type { Redactor } from './secrets.js';

export interface Failure {
  /** One of the package's documented failure codes. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Where the cause stands, from the repository's root. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** The last lines that the failing command printed. */
  readonly excerpt?: string;
}

const longestFile = 1024;
const longestExcerpt = 4000;

export function failureOf(error: ActionError, { redact }: Redactor): Failure {
  const { code, message, hint, place, excerpt } = error;
  const file = place === null ? '' : redact(fileOf(place)).slice(0, longestFile);
  return {
    code,
    message: redact(message),
    hint: redact(hint),
    ...(file === '' ? {} : { file }),
    ...(file === '' || !isLine(place?.line) ? {} : { line: place.line }),
    ...(excerpt === '' ? {} : { excerpt: lastOf(redact(excerpt)) }),
  };
}

/** `Dockerfile:12`, `Dockerfile`, or '' where no place is known. */
export function placeText({ file, line }: Pick<Failure, 'file' | 'line'>): string {
  if (file === undefined || file === '') return '';
  return line === undefined ? file : `${file}:${line}`;
}

/** '' for a file outside the repository: nobody could open it there. */
function fileOf({ file }: Place): string {
  const path = file.replace(/^(?:\.\/)+/, '');
  return path.startsWith('/') || path.split('/').includes('..') ? '' : path;
}

function isLine(line: number | null | undefined): line is number {
  return Number.isSafeInteger(line) && Number(line) >= 1;
}

/** Whole lines as far as they fit: the last ones say the most. */
function lastOf(text: string): string {
  if (text.length <= longestExcerpt) return text;
  const cut = text.slice(-longestExcerpt);
  return cut.slice(cut.indexOf('\n') + 1).toWellFormed();
}
