// Logging in to a registry: Basic, or a token from the realm it names (Docker's token specification).
import type { Http } from '../http.js';
import type { Challenge } from './challenge.js';
import { failure } from './failures.js';
import { exchange, isTransient, shown, transient } from './fault.js';
import { type ImageName, isLoopback } from './reference.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface TransportOptions {
  readonly image: ImageName;
  readonly credentials: Credentials | null;
  /** Actions asked for in the token: `pull` or `pull,push`. */
  readonly actions: 'pull' | 'pull,push';
  readonly http: Http;
  /** Milliseconds since the epoch, for Retry-After given as a date. */
  readonly now: () => number;
}

const answerTimeoutMs = 60_000;

/**
 * The Authorization header for a challenge.
 * @throws ActionError `registry-auth`; TransientFault when the token service may answer later
 */
export async function authorize(
  options: TransportOptions,
  challenge: Challenge | null,
  signal: AbortSignal,
): Promise<string> {
  const { credentials, image } = options;
  const basic =
    credentials === null
      ? null
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  if (challenge?.scheme === 'bearer')
    return `Bearer ${await fetchToken(options, challenge, { basic, signal })}`;
  if (challenge?.scheme === 'basic' && basic !== null) return basic;
  throw refusedLogin(
    image,
    credentials,
    challenge === null
      ? 'it asks for a login in a form unknown here'
      : 'it asks for a login and none was given',
  );
}

async function fetchToken(
  options: TransportOptions,
  challenge: Extract<Challenge, { scheme: 'bearer' }>,
  { basic, signal }: { readonly basic: string | null; readonly signal: AbortSignal },
): Promise<string> {
  const { image, credentials, http, now } = options;
  const url = readRealm(challenge.realm, image);
  if (challenge.service !== null) url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', `repository:${image.repository}:${options.actions}`);
  if (credentials !== null) url.searchParams.set('account', credentials.username);
  const response = await exchange(http, {
    url: url.href,
    signal,
    timeoutMs: answerTimeoutMs,
    ...(basic === null ? {} : { headers: { authorization: basic } }),
  });
  if (isTransient(response.status)) throw transient(response, `GET ${shown(url.href)}`, now());
  const token = response.status === 200 ? readToken(await response.json(1 << 20)) : null;
  response.body.destroy();
  if (token === null) throw refusedLogin(image, credentials, `its token service answered ${response.status}`);
  return token;
}

/** Credentials go to the realm, so it must be encrypted unless it is on this machine. */
function readRealm(realm: string, image: ImageName): URL {
  const url = URL.canParse(realm) ? new URL(realm) : null;
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host))))
    return url;
  throw failure(
    'registry-auth',
    `${image.host} sends logins to "${realm}", which is not an https address.`,
    "Correct the token realm in the registry's configuration.",
  );
}

function readToken(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const token = 'token' in answer ? answer.token : 'access_token' in answer ? answer.access_token : null;
  return typeof token === 'string' && token !== '' ? token : null;
}

/** The error for credentials that are missing, wrong or too weak. */
export function refusedLogin(image: ImageName, credentials: Credentials | null, why: string): Error {
  const who = credentials === null ? 'without credentials' : `as ${credentials.username}`;
  return failure(
    'registry-auth',
    `${image.host} refuses ${image.repository} ${who}: ${why}.`,
    `Give \`registry-username\` and, in BUILD_SECRETS, registries: {"${image.host}": "…"} of an account that may push to ${image.name}.`,
  );
}
