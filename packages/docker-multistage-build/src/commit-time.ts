// The time every layer gets: the commit's, so that the same commit gives the same digest.
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';

const committer = /^committer .*> (\d{1,12}) [+-]\d{4}$/m;

/**
 * Seconds since the epoch of the checked-out commit, for SOURCE_DATE_EPOCH; null when the context is no git checkout.
 * Plumbing only: it reads no configuration that could start a program.
 * @param directory the build context
 */
export async function commitTime(
  directory: string,
  deps: Pick<Deps, 'run' | 'signal'>,
): Promise<number | null> {
  const args = ['-c', 'safe.directory=*', 'cat-file', 'commit', 'HEAD'];
  try {
    const answer = await deps.run(
      { file: 'git', args, cwd: directory },
      { signal: deps.signal, timeoutMs: 20_000 },
    );
    const seconds = answer.code === 0 ? committer.exec(answer.stdout)?.[1] : undefined;
    return seconds === undefined ? null : Number(seconds);
  } catch (problem) {
    if (problem instanceof ActionError && problem.code === 'tool-missing') return null;
    throw problem;
  }
}
