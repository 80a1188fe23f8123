// Images of an engine: which digests it knows, and pulling one with credentials that it does not keep.
import type { Clock } from '@headgate/kit/clock';
import type { HttpResponse } from '@headgate/kit/http';
import { record, text } from './engine-answers.js';
import { answerOf, type Call, type CallRequest, linesOf } from './engine-call.js';
import { pullError } from './engine-refusals.js';
import { judgePull } from './engine-words.js';
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

/** What containers of an image have unless they say otherwise, as the engine tells it; empty for an unknown image. */
export async function imageDefaults(
  reference: string,
  call: Call,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await call({ method: 'GET', path: `/images/${reference}/json` });
  const image = record(await response.json());
  return response.status === 404 ? {} : record(image['Config']);
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

/** Milliseconds before another attempt: a registry or the way to it may fail for a moment. */
const pausesMs = [1_000, 3_000];

/** Tries again what may pass. @throws {DeployError} as its engine or registry refuses it, or as the call fails */
export async function pull(request: Pull, call: Call, clock: Clock): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await pullOnce(request, call);
    } catch (error) {
      if (!(error instanceof DeployError) || error.code !== 'pull-failed') throw error;
      await clock.sleep(pauseMs, request.signal);
    }
  }
  return pullOnce(request, call);
}

async function pullOnce({ image, auth, signal }: Pull, call: Call): Promise<void> {
  // Sent with this one request; the engine keeps nothing of it.
  const headers = { 'X-Registry-Auth': registryAuthHeader(auth, image.slice(0, image.indexOf('/'))) };
  const path = `/images/create?fromImage=${encodeURIComponent(image)}`;
  const request: CallRequest = { method: 'POST', path, headers, timeoutMs: pullDeadlineMs, signal };
  const response = await accepted(request, call, image);
  for await (const line of linesOf(response)) judgePull(line, image);
}

async function accepted(request: CallRequest, call: Call, image: string): Promise<HttpResponse> {
  try {
    const response = await call(request);
    if (response.status >= 400) await answerOf(response, request);
    return response;
  } catch (error) {
    // The engine passes a registry's refusal on as its own.
    if (error instanceof DeployError && error.code !== 'engine-unreachable')
      throw pullError(image, error.message);
    throw error;
  }
}
