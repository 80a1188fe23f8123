// A merge that git cannot make by itself, and what a person makes of it.
import type { Changes, Resolve } from './action-schema.js';
import { applyChanges } from './changes.js';
import type { Git } from './desk-git.js';
import { StoryError } from './story-error.js';

interface Place {
  readonly git: Git;
  readonly clone: string;
  readonly storyFolder: string;
}

/**
 * Leaves the merge commit checked out. What git merged by itself stays; every file that conflicts must be settled.
 * @throws {StoryError} `no-conflict`, `conflict-unsettled`
 */
export async function mergeByHand(resolve: Resolve, { git, clone, storyFolder }: Place): Promise<void> {
  const { branch, merging } = resolve;
  await git('checkout', '--quiet', '--force', '-B', branch, `origin/${branch}`);
  const conflicts = await conflictsOf(git, merging);
  if (conflicts.length === 0) {
    throw new StoryError({
      code: 'no-conflict',
      message: `${merging} was expected to conflict with ${branch}; git merges it by itself`,
      hint: 'Use a pull request and `merge`, or correct the branches.',
    });
  }
  await applyChanges(resolve, clone, storyFolder);
  const left = conflicts.filter((file) => !settled(file, resolve));
  if (left.length > 0) {
    throw new StoryError({
      code: 'conflict-unsettled',
      message: `${merging} conflicts with ${branch} in ${left.join(', ')}, and the step does not say what becomes of it`,
      hint: 'Give the whole file in `write`, or name it in `delete`.',
    });
  }
  await git('add', '--all');
  await git('commit', '--quiet', '--message', resolve.message ?? `Merge ${merging} into ${branch}`);
}

/** Files that both sides changed. Any other reason why git would not merge is an error in its own words. */
async function conflictsOf(git: Git, merging: string): Promise<readonly string[]> {
  const unmerged = async (): Promise<readonly string[]> => {
    const names = await git('diff', '--name-only', '--diff-filter=U', '-z');
    return names.split('\0').filter((name) => name !== '');
  };
  try {
    await git('merge', '--quiet', '--no-ff', '--no-commit', `origin/${merging}`);
  } catch (error) {
    const files = await unmerged();
    if (files.length === 0) throw error;
    return files;
  }
  return [];
}

function settled(file: string, { write, delete: gone }: Changes): boolean {
  return write[file] !== undefined || gone.includes(file);
}
