// What a rehearsal leaves for the next one of the same application and story, as files.
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptArtifact, KeptLeg, KeptRun } from '../engine/kept-run.js';
import { isFree } from '../parts/free-port.js';
import { StoryError } from './story-error.js';

export interface LastRehearsal {
  /** Where it lies. */
  readonly folder: string;
  readonly runs: readonly KeptRun[];
  /** The commit that each repository was made of, by `owner/name`. */
  readonly commits: Readonly<Record<string, string>>;
  /** When people's git was asked for the time, so that their commits get the same names again. */
  readonly times: readonly number[];
  readonly lastId: number;
  /** Addresses stand in outputs and images, so a later rehearsal needs the same ones. */
  readonly ports: {
    readonly registry: number;
    readonly github: number;
    readonly mail: number;
    readonly proxy: readonly number[];
  };
  /** The rehearsal's own folder: paths in it stand in outputs too. */
  readonly directory: string;
}

/** Files beside the description. */
export const places = {
  bundle: (folder: string, repository: string): string =>
    join(folder, 'repositories', `${repository.replace('/', '+')}.bundle`),
  registry: (folder: string): string => join(folder, 'registry'),
};

const schemaVersion = 1;
const descriptionOf = (folder: string): string => join(folder, 'rehearsal.json');
const zipOf = (folder: string, { id }: Pick<KeptArtifact, 'id'>): string =>
  join(folder, 'artifacts', `${id}.zip`);

/** Null when there is none, or one of another version of this program. */
export async function readLast(folder: string): Promise<LastRehearsal | null> {
  const text = await readFile(descriptionOf(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  const { schemaVersion: version, ...last } = JSON.parse(text) as LastRehearsal & { schemaVersion: unknown };
  if (version !== schemaVersion) return null;
  const withZip = async (artifact: KeptArtifact): Promise<KeptArtifact> => ({
    ...artifact,
    zip: new Uint8Array(await readFile(zipOf(folder, artifact))),
  });
  const withZips = async (leg: KeptLeg): Promise<KeptLeg> => ({
    ...leg,
    artifacts: await Promise.all(leg.artifacts.map(withZip)),
  });
  const runs = last.runs.map(async (run) => ({ ...run, legs: await Promise.all(run.legs.map(withZips)) }));
  return { ...last, folder, runs: await Promise.all(runs) };
}

/** Replaces what is there, all at once. `fill` puts the other files into the folder. */
export async function writeLast(last: LastRehearsal, fill: (folder: string) => Promise<void>): Promise<void> {
  const fresh = `${last.folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  for (const part of ['artifacts', 'repositories'])
    await mkdir(join(fresh, part), { recursive: true, mode: 0o700 });
  await fill(fresh);
  for (const artifact of last.runs.flatMap(({ legs }) => legs.flatMap(({ artifacts }) => artifacts)))
    await writeFile(zipOf(fresh, artifact), artifact.zip, { mode: 0o600 });
  const { folder, ...rest } = last;
  const text = JSON.stringify({ schemaVersion, ...rest }, (key, value) =>
    key === 'zip' ? undefined : value,
  );
  await writeFile(descriptionOf(fresh), text, { mode: 0o600 });
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
}

/** A folder moved, across file systems too; nothing when it is not there. */
export async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: unknown) => {
    if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 'EXDEV') return;
    await cp(from, to, { recursive: true });
  });
}

/** Addresses stand in outputs and images: the same ones have to be free. @throws {StoryError} `address-taken` */
export async function checkPorts(ports: LastRehearsal['ports']): Promise<void> {
  const each = Object.entries(ports).flatMap(([part, given]) =>
    [given].flat().map((port) => [part, port] as const),
  );
  for (const [part, port] of each) {
    if (await isFree(port)) continue;
    throw new StoryError({
      code: 'address-taken',
      message: `another program uses 127.0.0.1:${port}, where the ${part} of the last rehearsal was`,
      hint: 'End it, or rehearse without --from.',
    });
  }
}
