// A build record searched for the secrets of the step: it holds build arguments and whatever the build has printed.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { KnownSecret } from '@headgate/image/secret-patterns';
import { createSecretSearch } from '@headgate/image/secret-search';

/**
 * Reads the whole record, an OCI layout in a compressed tar archive, as it streams by.
 * @returns the names of the secrets that it holds, each once
 * @throws an error of zlib for what is not compressed
 */
export async function secretsInRecord(
  file: string,
  secrets: readonly KnownSecret[],
): Promise<readonly string[]> {
  const search = createSecretSearch(secrets);
  if (search.idle) return [];
  const archive = search.layer({ digest: '', index: 0 });
  await pipeline(createReadStream(file), createGunzip(), async (unpacked: AsyncIterable<Uint8Array>) => {
    for await (const chunk of unpacked) archive.push(chunk);
  });
  archive.end(() => null);
  return [...new Set(search.finds(() => false).map(({ secret }) => secret))];
}
