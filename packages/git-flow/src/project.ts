// headgate.yml and the files it names, out of the workspace; nothing outside it is looked at.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { ProjectFiles } from '@headgate/configuration/checks';
import { type ReadConfiguration, readConfiguration } from '@headgate/configuration/read';
import { failure } from './failures.js';

const maxBytes = 1024 * 1024;

/** @throws {ActionError} `configuration-missing`; {ConfigurationError} with every problem of the file. */
export function readProject(workspace: string, file: string): ReadConfiguration {
  const files = projectFiles(workspace);
  const text = files.read(file);
  if (text !== null) return readConfiguration(text, file, files);
  const hint = `Check out the repository before this step, add ${file} at its root, or name another path in \`configuration\`.`;
  throw failure('configuration-missing', `${file} was expected in the workspace, nothing was found`, hint);
}

export function projectFiles(workspace: string): ProjectFiles {
  return {
    exists: (path) => insideWorkspace(workspace, path) !== null,
    read: (path) => readProjectBytes(workspace, path)?.toString('utf8') ?? null,
  };
}

/** The bytes of a file in the workspace; null when there is none, or it has more than 1 MiB. */
export function readProjectBytes(workspace: string, path: string): Buffer | null {
  const real = insideWorkspace(workspace, path);
  if (real === null) return null;
  const stat = statSync(real);
  return stat.isFile() && stat.size <= maxBytes ? readFileSync(real) : null;
}

/** Names in a folder of the workspace, sorted; none when there is no such folder. */
export function listProjectFolder(workspace: string, path: string): readonly string[] {
  const real = insideWorkspace(workspace, path);
  return real !== null && statSync(real).isDirectory() ? readdirSync(real).sort() : [];
}

/** Where a path leads, links followed; null when that is nothing, or outside. */
function insideWorkspace(workspace: string, path: string): string | null {
  const full = join(workspace, path);
  if (!existsSync(full)) return null;
  const [real, root] = [realpathSync(full), realpathSync(workspace)];
  return real === root || real.startsWith(`${root}${sep}`) ? real : null;
}
