// Hidden first lines by which our own comments are known again: requests, replies, ends, and notes that a run parked.
import { Buffer } from 'node:buffer';

/** What a request is bound to; all of it is in the comment, so that another attempt sees the same request. */
export interface RequestMarker {
  readonly run: number;
  /** The run's attempt that asked. */
  readonly attempt: number;
  /** The ref of the run, such as `refs/heads/master`. */
  readonly ref: string;
  readonly environment: string;
  /** `sha256:…` of the subject. */
  readonly subject: string;
  /** `sha256:…` of the policy. */
  readonly policy: string;
  /** ISO 8601, UTC. */
  readonly deadline: string;
  /** 16 hex digits: this request and no other. */
  readonly nonce: string;
  /** Who had started the attempt that asked. */
  readonly triggeringActor: string;
  /** Everybody in the groups. */
  readonly people: readonly string[];
}

export const ends = ['approved', 'rejected', 'timed-out', 'superseded'] as const;
export type End = (typeof ends)[number];

export type Marked =
  | { readonly kind: 'request'; readonly request: RequestMarker }
  | { readonly kind: 'reply'; readonly comment: number }
  | { readonly kind: 'end'; readonly nonce: string; readonly end: End }
  | { readonly kind: 'parked'; readonly nonce: string; readonly attempt: number };

/** The line to begin a comment with. */
export function markerLine(marked: Marked): string {
  return `<!-- headgate-approval ${contentOf(marked)} -->`;
}

function contentOf(marked: Marked): string {
  switch (marked.kind) {
    case 'request':
      // Base64: nothing inside can end the HTML comment.
      return `request ${Buffer.from(JSON.stringify(marked.request), 'utf8').toString('base64')}`;
    case 'reply':
      return `reply ${marked.comment}`;
    case 'end':
      return `end ${marked.nonce} ${marked.end}`;
    case 'parked':
      return `parked ${marked.nonce} ${marked.attempt}`;
  }
}

/** The marker on a comment's first line; null for any other text. Who wrote it is for the caller to judge. */
export function readMarker(body: string): Marked | null {
  const line =
    /^<!-- headgate-approval ([a-z]+) ([A-Za-z0-9+/=]+)(?: ([a-z0-9-]{1,20}))? -->\r?(?:\n|$)/.exec(body);
  if (line === null) return null;
  const [, kind, first = '', second = ''] = line;
  if (kind === 'request') return second === '' ? readRequest(first) : null;
  if (kind === 'reply') return /^\d{1,15}$/.test(first) ? { kind, comment: Number(first) } : null;
  if (!/^[0-9a-f]{16}$/.test(first)) return null;
  if (kind === 'parked')
    return /^\d{1,9}$/.test(second) ? { kind, nonce: first, attempt: Number(second) } : null;
  const end = ends.find((known) => known === second);
  return kind === 'end' && end !== undefined ? { kind, nonce: first, end } : null;
}

function readRequest(text: string): Marked | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return null;
  }
  return isRequest(value) ? { kind: 'request', request: value } : null;
}

function isRequest(value: unknown): value is RequestMarker {
  if (typeof value !== 'object' || value === null) return false;
  const { run, attempt, people, ...texts } = value as Readonly<Record<string, unknown>>;
  const forms: Readonly<Record<string, RegExp>> = {
    ref: /^refs\/./,
    environment: /./,
    subject: /^sha256:[0-9a-f]{64}$/,
    policy: /^sha256:[0-9a-f]{64}$/,
    deadline: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    nonce: /^[0-9a-f]{16}$/,
    triggeringActor: /^/,
  };
  const fits = ([name, pattern]: [string, RegExp]): boolean => {
    const text = texts[name];
    return typeof text === 'string' && pattern.test(text);
  };
  return (
    Number.isSafeInteger(run) &&
    Number.isSafeInteger(attempt) &&
    Array.isArray(people) &&
    people.every((login) => typeof login === 'string') &&
    Object.entries(forms).every(fits)
  );
}
