// An application's folder, as far as headgate.yml speaks about it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectFiles } from '@headgate/configuration/checks';

/** Paths are relative to the folder. */
export function projectFiles(directory: string): ProjectFiles {
  return {
    exists: (path) => existsSync(join(directory, path)),
    read: (path) => {
      const file = join(directory, path);
      return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : null;
    },
  };
}
