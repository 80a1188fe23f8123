// The files of a task: out of its container into a folder of this job, JUnit reports among them read.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JUnitReport } from '@headgate/kit/junit';
import { readJUnitFiles } from '@headgate/kit/junit-files';
import type { Engine } from './engine.js';
import type { UnpackBudget, UnpackedFile } from './tar.js';

export interface CollectedFiles {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly UnpackedFile[];
  /** By the file's path in the folder. */
  readonly reports: ReadonlyMap<string, JUnitReport>;
  /** Paths that the container does not have. */
  readonly missing: readonly string[];
}

export interface CollectDeps {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  /** Where the folder is made; it lasts as long as the job. */
  readonly parent: string;
}

const timeoutMs = 600_000;
const bytesLimit = 512 * 1024 * 1024;
const entriesLimit = 20_000;

/** Nothing is left of the folder when an archive is refused. @throws {DeployError} files-refused and what the engine answers */
export async function collectFiles(
  id: string,
  paths: readonly string[],
  deps: CollectDeps,
): Promise<CollectedFiles> {
  const { unpack } = await import('./tar.js');
  await mkdir(deps.parent, { recursive: true });
  const folder = await mkdtemp(join(deps.parent, 'headgate-files-'));
  const budget: UnpackBudget = { bytes: bytesLimit, entries: entriesLimit };
  const files: UnpackedFile[] = [];
  const missing: string[] = [];
  try {
    for (const path of paths) {
      const options = { timeoutMs, signal: deps.signal };
      const response = await deps.engine.streams.readArchive(id, path, options);
      if (response === null) missing.push(path);
      else files.push(...(await unpack(response.body, folder, budget)));
    }
    const reports = await readJUnitFiles(
      folder,
      files.map(({ path }) => path),
    );
    return { folder, files, missing, reports };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
