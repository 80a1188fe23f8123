// A folder as members of an archive.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { directory, file, type TarPart } from '../src/testing/tar.js';

/** Every path below a folder, in order. */
export function listing(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .sort((a, b) => a.localeCompare(b));
}

export function layoutParts(folder: string): readonly TarPart[] {
  return listing(folder).map((path) => {
    const full = join(folder, path);
    return statSync(full).isFile() ? file(path, readFileSync(full)) : directory(`${path}/`);
  });
}
