// The file of --json.
import type { HostProcess } from './host-process.js';
import { openReportFile } from './report-file.js';

export interface JsonFile {
  write(report: unknown): Promise<void>;
}

/** `path` as given, null without --json. @throws {UsageError} when its folder cannot take it */
export async function openJsonFile(path: string | null, host: HostProcess): Promise<JsonFile> {
  const { write } = await openReportFile('--json', path, host);
  return { write: (report) => write(`${JSON.stringify(report, null, 2)}\n`) };
}
