// Folders of tests: gone when the test file is done, so that a thousand runs leave nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

// As a global: this module is also loaded where Jest's own module may not be. Registered when the test file is read,
// because no hook may be defined inside a test.
const { afterAll } = globalThis as { afterAll?: (hook: () => void) => void };
afterAll?.(removeAll);
if (afterAll === undefined) process.once('exit', removeAll);

/** A new folder under the system's; `prefix` says whose it is. */
export function testFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
