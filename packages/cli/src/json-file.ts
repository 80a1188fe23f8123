// The file of --json: looked at before the work, written after it.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HostProcess } from './host-process.js';
import { UsageError } from './usage-error.js';

export interface JsonFile {
  write(report: unknown): Promise<void>;
}

/** `path` as given, null without --json. @throws {UsageError} when its folder cannot take it */
export async function openJsonFile(path: string | null, host: HostProcess): Promise<JsonFile> {
  if (path === null) return { write: async () => undefined };
  const file = resolve(host.directory, path);
  await access(dirname(file), constants.W_OK).catch(() => {
    throw new UsageError(
      `--json ${path}: the folder ${dirname(file)} cannot be written to`,
      'Make it, or name another file.',
    );
  });
  return { write: (report) => writeFile(file, `${JSON.stringify(report, null, 2)}\n`) };
}
