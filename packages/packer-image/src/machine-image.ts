// What a build made, in the form of the delivery record: builder, region, an id that names the content.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestOf } from '@headgate/kit/digest';
import type { MachineImagePart } from '@headgate/kit/record-parts';
import { failure } from './failures.js';
import type { BuiltArtifact } from './reconcile.js';

export interface ImageFile {
  /** As packer names it, relative to `directory`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/**
 * The parts of one artifact: one for each region in an id such as `eu-west-1:ami-1,us-east-1:ami-2`.
 * @throws {ActionError} `artifact-missing` when a file it names is not there.
 */
export async function machineImages(
  artifact: BuiltArtifact,
  { template, directory }: { readonly template: string; readonly directory: string },
): Promise<readonly MachineImagePart[]> {
  const { builder, type, artifactId } = artifact;
  const files = await Promise.all(artifact.files.map((path) => describe(path, { builder, directory })));
  const place = { template, builder, type };
  if (files.length > 0) return [{ ...place, region: '', id: digestOfFiles(files), artifactId, files }];
  return regionsOf(artifactId).map(({ region, id }) => ({ ...place, region, id, artifactId, files }));
}

/** `region:id` pairs joined by commas; anything else is one id without a region. */
export function regionsOf(artifactId: string): readonly { readonly region: string; readonly id: string }[] {
  const pairs = artifactId
    .split(',')
    .map((pair) => /^([a-z]+(?:-[a-z0-9]+)+):([A-Za-z0-9_-]+)$/.exec(pair.trim()));
  const found = pairs.flatMap((match) =>
    match === null ? [] : [{ region: match[1] ?? '', id: match[2] ?? '' }],
  );
  return found.length === pairs.length ? found : [{ region: '', id: artifactId }];
}

/** One file is named by its own digest, several by the digest of the list. */
function digestOfFiles(files: readonly ImageFile[]): string {
  const [first] = files;
  if (first !== undefined && files.length === 1) return `sha256:${first.sha256}`;
  return digestOf([...files].sort((a, b) => (a.path < b.path ? -1 : 1)));
}

async function describe(
  path: string,
  { builder, directory }: { readonly builder: string; readonly directory: string },
): Promise<ImageFile> {
  const absolute = resolve(directory, path);
  const found = await stat(absolute).catch(() => null);
  if (found?.isFile() !== true) {
    throw failure(
      'artifact-missing',
      `${builder}: the file ${path} was expected, and is not there`,
      'See which post-processor removes or moves it; keep_input_artifact = true keeps it.',
    );
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(absolute), hash);
  return { path, size: found.size, sha256: hash.digest('hex') };
}
