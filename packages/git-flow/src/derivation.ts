// What may make derived files in this run, and from where.
import type { Deps } from '@headgate/kit/deps';
import type { BranchGround } from './branch-ground.js';
import type { Derivation } from './derived-files.js';
import { readPolicyFacts } from './policy-facts.js';
import type { BackMergeInputs } from './release-inputs.js';

/**
 * Commands that run here, where branches may be pushed, are those that production had before this release: no change
 * brings a command that nobody has released.
 */
export async function derivationOf(
  ground: BranchGround,
  { configuration: file }: BackMergeInputs,
  { run, context, temporary, signal }: Deps,
): Promise<Derivation | null> {
  const { configuration } = await readPolicyFacts(
    ground.git,
    file,
    await ground.history.parents(context.sha),
  );
  const rules = configuration?.['back-merge'].derived ?? [];
  return rules.length === 0 ? null : { rules, run, directory: context.workspace, temporary, signal };
}
