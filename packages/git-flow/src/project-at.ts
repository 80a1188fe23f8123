// headgate.yml as it was at another commit.
import { type ReadConfiguration, readConfiguration } from '@headgate/configuration/read';
import type { Git } from '@headgate/kit/git';
import { failure } from './failures.js';

/** The files it names were looked at when that commit was delivered. */
const anyFiles = { exists: () => true, read: () => null };

/** @throws {ActionError} `configuration-missing`; {ConfigurationError} with every problem of the file */
export async function readProjectAt(git: Git, commit: string, file: string): Promise<ReadConfiguration> {
  const text = await git.show(commit, file);
  if (text !== null) return readConfiguration(text, file, anyFiles);
  throw failure(
    'configuration-missing',
    `${file} was expected at ${commit}, nothing was found`,
    'Check out with fetch-depth: 0, or give a version that has the file.',
  );
}
