// The manifest on disk, before and after a build.
import { readFile } from 'node:fs/promises';
import type { ActionError } from '@headgate/kit/errors';
import { failure } from './failures.js';
import { type Manifest, parseManifest } from './manifest.js';

/** Null when there is none. */
export async function readManifest(path: string, shown: string): Promise<Manifest | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : parseManifest(text, shown);
}

/** Every run the manifest tells of. */
export function runsOf(manifest: Manifest | null): ReadonlySet<string> {
  return new Set(
    manifest === null ? [] : [manifest.lastRun, ...manifest.builds.map(({ run: uuid }) => uuid)],
  );
}

export function manifestMissing(shown: string): ActionError {
  return failure(
    'manifest-missing',
    `manifest: packer was expected to write ${shown}, and it is not there`,
    `Add post-processor "manifest" { output = "${shown}" } to every build block.`,
  );
}
