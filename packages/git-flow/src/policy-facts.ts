// headgate.yml as it was before a merge: the policy that the merge is judged by.
import type { PolicyFacts } from '@headgate/configuration/facts';
import { ConfigurationError } from '@headgate/configuration/problem';
import type { Git } from '@headgate/kit/git';
import { failure } from './failures.js';
import { readProjectAt } from './project-at.js';

/** Reads the file at the first of the parents of the commit. @throws {ActionError} `policy-unreadable` */
export async function readPolicyFacts(
  git: Git,
  file: string,
  [commit]: readonly string[],
): Promise<PolicyFacts> {
  if (commit === undefined) return { commit: null, configuration: null };
  if ((await git.show(commit, file)) === null) return { commit, configuration: null };
  try {
    return { commit, configuration: (await readProjectAt(git, commit, file)).configuration };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const message = `${file} of ${commit}, the commit before this one, was expected to say who approves; ${error.message}`;
    const hint =
      'Who approves production is read from the commit before. Merge once more: then the corrected file of this commit counts.';
    throw failure('policy-unreadable', message, hint);
  }
}
