// Requests and answers of the REST API on the wire: JSON bodies and conditional requests.
import { createHash } from 'node:crypto';
import { HttpProblem } from './reply.js';

export interface RestRequest {
  readonly method: string;
  /** Below `/api/v3`. */
  readonly path: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly login: string;
  /** Counted against the caller's hourly allowance. */
  readonly charged: boolean;
}

/** The JSON of a body, whatever its type says, as GitHub reads it; undefined when it is empty. Throws 400 when it does not parse. */
export function parseBody(request: RestRequest): unknown {
  if (request.bytes.length === 0) return undefined;
  try {
    return JSON.parse(request.bytes.toString('utf8')) as unknown;
  } catch {
    // Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    throw new HttpProblem(400, 'Problems parsing JSON');
  }
}

export type BareAnswer = Omit<RestAnswer, 'login' | 'charged'>;

/** Adds the entity tag, and answers 304 when the caller has it already. */
export function withTag(request: RestRequest, answer: BareAnswer): BareAnswer {
  if (request.method !== 'GET' || answer.status !== 200) return answer;
  const etag = `W/"${createHash('sha256').update(answer.text).digest('hex')}"`;
  const headers = { ...answer.headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' };
  const known = String(request.headers['if-none-match'] ?? '').split(/,\s*/u);
  // Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests
  return known.includes(etag) ? { status: 304, headers, text: '' } : { ...answer, headers };
}
