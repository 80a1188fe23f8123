// Processes that a job left behind, found by the tracking id in their environment.
import { readdirSync, readFileSync } from 'node:fs';

/** Ends what a job left behind with SIGKILL, and returns the process ids. */
export function killOrphans(trackingId: string): readonly number[] {
  return sweepOrphans(trackingId, (pid) => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  });
}

/**
 * Kills every process whose environment carries the tracking id and returns their ids.
 * Source: actions/runner, `JobExtension` (RUNNER_TRACKING_ID). Without /proc nothing is found.
 */
export function sweepOrphans(trackingId: string, kill: (pid: number) => void): readonly number[] {
  const wanted = `\0RUNNER_TRACKING_ID=${trackingId}\0`;
  const found: number[] = [];
  for (const entry of listed()) {
    if (!`\0${environmentOf(entry)}\0`.includes(wanted)) continue;
    found.push(Number(entry));
    kill(Number(entry));
  }
  return found;
}

// Read at once, one after the other: as promises, hundreds of such small files take ten times as long.

function listed(): readonly string[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry));
  } catch {
    return [];
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // It ended meanwhile, or is somebody else's.
    return '';
  }
}
