// A rehearsal with failures that wait: told as they come, decided by keys where there is a terminal.
import type { Pauses } from '@headgate/rehearsal/runner/pauses';
import { pausedLines, typeHints } from '@headgate/rehearsal/view/paused';
import { type HostProcess, print } from './host-process.js';

/** What waits now, as lines; keys are named where they are read. */
export function pausedBlocks(
  pauses: Pauses,
  keys: boolean,
): readonly { readonly jobId: number; readonly lines: readonly string[] }[] {
  const paused = pauses.list();
  return paused.map((step, index) => {
    const last = index === paused.length - 1;
    const hints = keys ? typeHints.keys : typeHints.command(paused.length > 1);
    return { jobId: step.jobId, lines: pausedLines(step, last ? hints : []) };
  });
}

/** Whether keys can be read one by one. */
export function readsKeys({ stdin }: HostProcess): boolean {
  return stdin.isTTY === true && stdin.setRawMode !== undefined;
}

export interface Keys {
  /** Reads keys while something waits, and leaves the terminal alone otherwise. */
  update(pauses: Pauses): void;
  end(): void;
}

export function createKeys(host: HostProcess): Keys {
  const { stdin } = host;
  let pauses: Pauses | null = null;
  const press = (chunk: Buffer | string): void => {
    const oldest = pauses?.list()[0];
    const key = String(chunk).toLowerCase();
    // Keys that are read one by one include the one that usually interrupts.
    if (key === '\u0003') host.interrupt();
    else if (oldest !== undefined && key === 'r') void pauses?.decide(oldest.jobId, 'retry');
    else if (oldest !== undefined && key === 'g') void pauses?.decide(oldest.jobId, 'give-up');
  };
  const end = (): void => {
    if (pauses === null) return;
    pauses = null;
    stdin.off('data', press);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  return {
    update(now) {
      if (!readsKeys(host)) return;
      if (now.list().length === 0) end();
      else if (pauses === null) {
        pauses = now;
        stdin.setRawMode?.(true);
        stdin.on('data', press);
        stdin.resume();
      }
    },
    end,
  };
}

/** In plain lines each attempt is told once. */
export function createTeller(host: HostProcess): (pauses: Pauses) => void {
  const told = new Set<string>();
  return (pauses) => {
    pauses.list().forEach(({ jobId, attempts }, index) => {
      const key = `${jobId} ${attempts}`;
      if (told.has(key)) return;
      told.add(key);
      print(host.stdout, ['', ...(pausedBlocks(pauses, readsKeys(host))[index]?.lines ?? []), '']);
    });
  };
}

/** Said at the end: what no commit has did not prove the commit. */
export function editedLines({ edited }: Pauses): readonly string[] {
  if (edited.size === 0) return [];
  return [
    `went on with edits that no commit of this rehearsal has: ${[...edited].sort((one, other) => one.localeCompare(other)).join(', ')}`,
  ];
}
