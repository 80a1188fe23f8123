// Images of an engine: which digests it knows, and pulling one with credentials that it does not keep.
import { judgePull, pullError, record, text } from './engine-answers.js';
import { answerOf, type Call, type CallRequest, linesOf } from './engine-call.js';
import { DeployError } from './errors.js';

const pullDeadlineMs = 600_000;

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** Every digest the engine knows an image under; null when it has no such image. */
export async function imageDigests(reference: string, call: Call): Promise<readonly string[] | null> {
  const response = await call({ method: 'GET', path: `/images/${reference}/json` });
  const image = record(await response.json());
  if (response.status === 404) return null;
  const references = Array.isArray(image['RepoDigests']) ? image['RepoDigests'].map(text) : [];
  return [...references.map((item) => item.slice(item.indexOf('@') + 1)), text(image['Id'])];
}

export interface Pull {
  readonly image: string;
  readonly auth: RegistryAuth | null;
  readonly signal: AbortSignal;
}

/**
 * RFC 4648's alphabet for addresses *with* padding, which Node's own `base64url` leaves out: the engine takes an
 * unpadded header for none at all. Source: moby, `registry.EncodeAuthConfig` (Go's `base64.URLEncoding`).
 */
export function registryAuthHeader(auth: RegistryAuth | null, serveraddress: string): string {
  const credentials = auth === null ? {} : { ...auth, serveraddress };
  const encoded = Buffer.from(JSON.stringify(credentials)).toString('base64');
  return encoded.replaceAll('+', '-').replaceAll('/', '_');
}

/** @throws {DeployError} pull-failed, or as the call fails */
export async function pull({ image, auth, signal }: Pull, call: Call): Promise<void> {
  // Sent with this one request; the engine keeps nothing of it.
  const headers = { 'X-Registry-Auth': registryAuthHeader(auth, image.slice(0, image.indexOf('/'))) };
  const path = `/images/create?fromImage=${encodeURIComponent(image)}`;
  const request: CallRequest = { method: 'POST', path, headers, timeoutMs: pullDeadlineMs, signal };
  try {
    const response = await call(request);
    if (response.status >= 400) await answerOf(response, request);
    for await (const line of linesOf(response)) judgePull(line, image);
  } catch (error) {
    // The engine passes a registry's refusal on as its own.
    if (error instanceof DeployError && error.code === 'engine-refused')
      throw pullError(image, error.message);
    throw error;
  }
}
