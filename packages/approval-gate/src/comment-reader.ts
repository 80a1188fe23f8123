// Reads the thread in spite of outages: a look that fails is made again, until it is hopeless.
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Reading, Thread } from './thread.js';
import { unreachableFailure } from './watch-failures.js';

/** Failing looks for longer than this end the wait: an allowance that others used up is back within the hour. Milliseconds. */
const longestOutage = 70 * 60_000;

export interface CommentReader {
  /** Null while GitHub fails for a time; then it fails for good. `afresh` as for a thread. */
  next(options?: { readonly afresh?: boolean }): Promise<Reading | null>;
}

/** A missing permission never mends itself: that fails at once. */
export function createReader({ core, clock, signal }: Deps, thread: Thread): CommentReader {
  let failingSince: number | null = null;
  return {
    async next(options = {}) {
      try {
        const reading = await thread.read(options);
        failingSince = null;
        return reading;
      } catch (error) {
        if (!(error instanceof ActionError) || signal.aborted || error.code === 'github-permission')
          throw error;
        if (failingSince === null)
          core.warning(`the comments could not be read, and will be again: ${error.message}`);
        failingSince ??= clock.now();
        if (clock.now() - failingSince > longestOutage)
          throw unreachableFailure(error, longestOutage / 60_000);
        return null;
      }
    },
  };
}
