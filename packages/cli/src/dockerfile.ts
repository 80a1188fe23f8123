// The Dockerfile that a command is about: found, read, and called as people call it.
import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { HostProcess } from './host-process.js';
import { UsageError } from './usage-error.js';

export interface DockerfileText {
  /** From the working directory. */
  readonly shown: string;
  readonly text: string;
}

/** @param file a Dockerfile, or the folder of one @throws {UsageError} */
export async function readDockerfile(file: string, host: HostProcess): Promise<DockerfileText> {
  const given = resolve(host.directory, file);
  const folder = await stat(given).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = folder ? join(given, 'Dockerfile') : given;
  const shown = relative(host.directory, path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`${shown} cannot be read`, 'Name a Dockerfile, or the folder of one.');
  });
  return { shown, text };
}
