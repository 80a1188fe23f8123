// The key under which an image can be found again.

import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { createGit } from '@headgate/kit/git';
import { imageKey } from '@headgate/kit/record-names';
import type { Inputs } from './inputs.js';

/**
 * The key given, or the one git-flow would have computed from the checked-out tree.
 * Without a git checkout the digest stands in for the tree, so that the key still names one content.
 */
export async function keyFor(
  inputs: Inputs,
  digest: string,
  deps: Pick<Deps, 'run' | 'context'>,
): Promise<string> {
  if (inputs.imageKey !== null) return inputs.imageKey;
  const tree = await headTree(deps);
  return imageKey({
    tree: tree ?? digest,
    name: inputs.leg,
    target: inputs.target,
    platforms: inputs.platforms,
    buildArgs: inputs.buildArgs,
  });
}

async function headTree({ run, context }: Pick<Deps, 'run' | 'context'>): Promise<string | null> {
  try {
    return await createGit(run, context.workspace).tree('HEAD');
  } catch (problem) {
    if (problem instanceof ActionError) return null;
    throw problem;
  }
}
