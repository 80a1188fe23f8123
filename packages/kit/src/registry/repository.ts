// One repository of one registry, and what is checked in every answer of it.
import type { HttpResponse } from '../http.js';
import { failure } from './failures.js';
import { header } from './fault.js';
import { type ImageName, isDigest } from './reference.js';
import type { RegistryTransport } from './transport.js';

export interface Repository {
  readonly image: ImageName;
  readonly transport: RegistryTransport;
  readonly signal: AbortSignal;
}

/** Where the repository's API begins. */
export function repositoryUrl(image: ImageName): string {
  return `${image.origin}/v2/${image.repository}`;
}

/** The media type without parameters; empty when none was sent. */
export function contentType(response: HttpResponse): string {
  return header(response, 'content-type')?.replace(/;.*$/s, '').trim() ?? '';
}

/** What the registry says it stored must be what was sent. */
export function checkEcho(image: ImageName, digest: string, response: HttpResponse): void {
  const echoed = header(response, 'docker-content-digest');
  if (echoed === null || !isDigest(echoed) || echoed === digest) return;
  throw failure(
    'push-mismatch',
    `${image.host} stored ${echoed} where ${digest} was sent.`,
    'Something between the runner and the registry changes content; push without it.',
  );
}

/** An answer that no OCI registry gives here. */
export function unexpected(image: ImageName, what: string, response: HttpResponse): Error {
  response.body.destroy();
  return failure(
    'registry-refused',
    `${image.host} answered ${response.status} to ${what}.`,
    'Check that the host is an OCI registry and the repository exists.',
  );
}
