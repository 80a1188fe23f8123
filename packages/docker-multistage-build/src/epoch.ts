// The time that files of the image get: the commit's unless the input or the step's environment says another.
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { commitTime } from './commit-time.js';

/** Seconds since the epoch, the commit's time, or none. */
export type WantedEpoch = number | 'commit' | 'off';

/** @throws InputError */
export function parseEpoch(text: string): WantedEpoch {
  if (text === '' || text === 'commit') return 'commit';
  if (text === 'off') return 'off';
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InputError(
    'source-date-epoch',
    `"${text.slice(0, 40)}" is not a valid value`,
    'Write commit, off, or seconds since 1970.',
  );
}

/** Null where the files keep the time of the build. */
export async function resolveEpoch(
  wanted: WantedEpoch,
  directory: string,
  deps: Pick<Deps, 'run' | 'signal' | 'core'>,
): Promise<number | null> {
  if (wanted === 'off') return null;
  if (wanted !== 'commit') return wanted;
  const time = await commitTime(directory, deps);
  if (time === null)
    deps.core.notice('The context is no git checkout: the digest will differ from build to build.');
  return time;
}
