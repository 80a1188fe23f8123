// Faults of a registry that may pass by themselves, told from those that will not.
import type { Http, HttpResponse } from '../http.js';
import { failure } from './failures.js';

/** A fault that may pass: the request can be sent again. */
export class TransientFault extends Error {
  /** What the registry asked for with Retry-After; null when it asked for nothing. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransientFault';
    this.retryAfterMs = retryAfterMs;
  }
}

const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Whether a status may change by asking again. */
export function isTransient(status: number): boolean {
  return transientStatuses.has(status);
}

type SentRequest = Parameters<Http>[0];

/** Sends one request; a transport fault becomes transient. */
export async function exchange(http: Http, request: SentRequest): Promise<HttpResponse> {
  try {
    return await http(request);
  } catch (cause) {
    request.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (isPermanent(cause)) throw unreachable(request, reason, cause);
    throw new TransientFault(`${request.method ?? 'GET'} ${shown(request.url)}: ${reason}`, null, cause);
  }
}

/** Names that do not exist and certificates that are not trusted stay so (Node: errors.md, "OpenSSL error codes"). */
const permanentCodes =
  /^(?:ENOTFOUND|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** Looks through the errors that wrap one another. */
function isPermanent(problem: unknown): boolean {
  for (let at = problem, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if ('code' in at && typeof at.code === 'string' && permanentCodes.test(at.code)) return true;
  return false;
}

function unreachable(request: SentRequest, reason: string, cause: unknown): Error {
  return failure(
    'registry-unavailable',
    `${request.method ?? 'GET'} ${shown(request.url)}: ${reason}.`,
    "Check the registry's name, and that the runner trusts its certificate (NODE_EXTRA_CA_CERTS).",
    cause,
  );
}

/** The fault behind a transient status; the answer is let go. */
export function transient(response: HttpResponse, what: string, now: number): TransientFault {
  response.body.destroy();
  return new TransientFault(
    `${what}: status ${response.status}`,
    parseRetryAfter(header(response, 'retry-after'), now),
  );
}

/** Retry-After in seconds or as a date (RFC 9110 section 10.2.3), as milliseconds from `now`. */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value.trim()) * 1000;
  // Date.parse also takes bare numbers, which are no HTTP dates.
  const date = /[A-Za-z]{3}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Upload locations carry state and signatures in their query. */
export function shown(url: string): string {
  const parsed = new URL(url);
  return parsed.host + parsed.pathname;
}

/** A header of an answer by its lower-case name; null when it was not sent. */
export function header(response: HttpResponse, name: string): string | null {
  return new Map(Object.entries(response.headers)).get(name) ?? null;
}
