// What buildx writes down of each build it starts, also of one that fails: a file refs/builder/node/id in its own folder.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { object } from '@headgate/image/json';
import type { Deps } from '@headgate/kit/deps';

/** `builder/node/id`, as `buildx.build.ref` of the metadata has it. */
export type BuildReference = string;

type Environment = Deps['env'];

/** A part of a reference becomes an argument: none may look like an option. */
const referencePattern = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*\/[a-z0-9]+$/;

/** All that are there; none where buildx has no folder yet. */
export async function listReferences(env: Environment): Promise<ReadonlySet<BuildReference>> {
  const folder = referenceFolder(env);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'));
  return new Set(paths.filter((path) => referencePattern.test(path)));
}

/** What tells builds of one step from those of others that use the same builder. */
export interface BuildPlace {
  /** Absolute path of the context folder. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly file: string;
}

/** Those that came after `before` and were built in this place, oldest first. */
export async function referencesSince(
  before: ReadonlySet<BuildReference>,
  place: BuildPlace,
  env: Environment,
): Promise<readonly BuildReference[]> {
  const folder = referenceFolder(env);
  const later = [...(await listReferences(env))].filter((reference) => !before.has(reference));
  const own: { readonly reference: BuildReference; readonly writtenMs: number }[] = [];
  for (const reference of later) {
    const path = join(folder, reference);
    const { LocalPath: context, DockerfilePath: file } = await readState(path);
    if (context !== place.context || file !== place.file) continue;
    own.push({ reference, writtenMs: (await stat(path)).mtimeMs });
  }
  return own.sort((left, right) => left.writtenMs - right.writtenMs).map(({ reference }) => reference);
}

/** The one that the metadata of a build names; none in what is no such metadata. */
export function referencesIn(metadata: string): readonly BuildReference[] {
  const found = /"buildx\.build\.ref"\s*:\s*"([^"]*)"/.exec(metadata)?.[1] ?? '';
  return referencePattern.test(found) ? [found] : [];
}

/** As buildx finds it (docker/buildx, util/confutil). */
function referenceFolder(env: Environment): string {
  const config = env['DOCKER_CONFIG'] || join(env['HOME'] ?? '', '.docker');
  return join(env['BUILDX_CONFIG'] || join(config, 'buildx'), 'refs');
}

async function readState(path: string): Promise<ReturnType<typeof object>> {
  try {
    return object(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}
