// After a cut-off build: packer still cleans up in a session of its own, and the job should not end before it does.
import { type ChildMark, isRunning } from '@headgate/kit/child-watch';
import type { Clock } from '@headgate/kit/clock';
import type { Core } from '@headgate/kit/deps';

/** GitHub ends a cancelled job after five minutes; the rest of them belongs to other post steps. Milliseconds. */
const longestWait = 4 * 60_000;
const interval = 500;

export interface Aftermath {
  readonly core: Pick<Core, 'info' | 'warning'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The mark that the main step saved, or null for none or another text. */
export function parseMark(text: string): ChildMark | null {
  const [, pid = '', started = ''] = /^(\d{1,10}):(\d*)$/.exec(text) ?? [];
  return pid === '' ? null : { pid: Number(pid), started: started === '' ? null : started };
}

export function markText({ pid, started }: ChildMark): string {
  return `${pid}:${started ?? ''}`;
}

/** Waits until packer has ended; warns when it has not, because instances may then be left. */
export async function awaitPacker(mark: ChildMark, { core, clock, signal }: Aftermath): Promise<void> {
  if (!isRunning(mark)) return;
  core.info('Packer was told to stop and is still cleaning up.');
  const end = clock.now() + longestWait;
  while (isRunning(mark)) {
    if (clock.now() >= end || signal.aborted) {
      const text =
        'Packer had not finished cleaning up when the job ended: look for instances it left behind.';
      core.warning(text, { title: 'packer-image' });
      return;
    }
    await clock.sleep(interval, signal).catch(() => undefined);
  }
  core.info('Packer has ended.');
}
