// headgate.yml as it was before a merge: the policy that the merge is judged by.
import type { PolicyFacts } from '@headgate/configuration/facts';
import { ConfigurationError } from '@headgate/configuration/problem';
import { readConfiguration } from '@headgate/configuration/read';
import type { Git } from '@headgate/kit/git';
import { failure } from './failures.js';

/** Its other files need not be looked at: only who approves and when counts of it. */
const anyFiles = { exists: () => true, read: () => null };

/** Reads the file at HEAD's first parent. @throws {ActionError} `policy-unreadable` */
export async function readPolicyFacts(git: Git, file: string): Promise<PolicyFacts> {
  const [commit] = await git.parents('HEAD');
  if (commit === undefined) return { commit: null, configuration: null };
  const text = await git.show(commit, file);
  if (text === null) return { commit, configuration: null };
  try {
    return { commit, configuration: readConfiguration(text, file, anyFiles).configuration };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const message = `${file} of ${commit}, the commit before this one, was expected to say who approves; ${error.message}`;
    const hint =
      'Who approves production is read from the commit before. Merge once more: then the corrected file of this commit counts.';
    throw failure('policy-unreadable', message, hint);
  }
}
