// A file for a report: looked at before the work, written after it.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HostProcess } from './host-process.js';
import { UsageError } from './usage-error.js';

export interface ReportFile {
  /** Absolute; null when none was asked for. */
  readonly file: string | null;
  /** Nothing happens when none was asked for. */
  write(text: string): Promise<void>;
}

/**
 * @param option such as `--json`, for the message
 * @param path as given; null without the option
 * @throws {UsageError} when its folder cannot take it
 */
export async function openReportFile(
  option: string,
  path: string | null,
  host: HostProcess,
): Promise<ReportFile> {
  if (path === null) return { file: null, write: async () => undefined };
  const file = resolve(host.directory, path);
  await access(dirname(file), constants.W_OK).catch(() => {
    throw new UsageError(
      `${option} ${path}: the folder ${dirname(file)} cannot be written to`,
      'Make it, or name another file.',
    );
  });
  return { file, write: (text) => writeFile(file, text) };
}
