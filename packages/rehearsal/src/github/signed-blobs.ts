// Short-lived download addresses outside the API, as GitHub hands them out for artifacts and logs.
import { createHash, randomBytes } from 'node:crypto';
import type { SignedBlob, State } from './state.js';

/** Source: https://docs.github.com/rest/actions/artifacts#download-an-artifact ("expires after 1 minute") */
const lifetimeMs = 60_000;

export function blobAddress(state: State, blob: Pick<SignedBlob, 'bytes' | 'contentType'>): string {
  const key = randomBytes(16).toString('hex');
  const signature = createHash('sha256').update(`${key} ${state.directory}`).digest('base64url');
  state.blobs.set(`${key} ${signature}`, { ...blob, expiresAt: state.clock.now() + lifetimeMs });
  return `${state.serverUrl}/_blobs/${key}?sig=${signature}`;
}

export interface BlobAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const refusal = (status: number, text: string): BlobAnswer => ({
  status,
  contentType: 'text/plain',
  bytes: Buffer.from(text),
});

/**
 * The bytes behind an address. A request that still carries the API's token is refused, as the blob store does:
 * a client must drop it on the redirect. Source: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes (InvalidAuthenticationInfo)
 */
export function readBlob(state: State, url: URL, authorization: string | undefined): BlobAnswer {
  if (authorization !== undefined)
    return refusal(400, 'InvalidAuthenticationInfo: the address is signed; send no token');
  const blob = state.blobs.get(
    `${url.pathname.slice('/_blobs/'.length)} ${url.searchParams.get('sig') ?? ''}`,
  );
  if (blob === undefined || state.clock.now() > blob.expiresAt)
    return refusal(403, 'AuthenticationFailed: signature');
  return { status: 200, contentType: blob.contentType, bytes: blob.bytes };
}
