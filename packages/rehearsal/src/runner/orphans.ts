// Processes that a job left behind, found by the tracking id in their environment.
import { readdir, readFile } from 'node:fs/promises';

/** Ends what a job left behind with SIGKILL, and returns the process ids. */
export function killOrphans(trackingId: string): Promise<readonly number[]> {
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
export async function sweepOrphans(
  trackingId: string,
  kill: (pid: number) => void,
): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const wanted = `RUNNER_TRACKING_ID=${trackingId}`;
  const found: number[] = [];
  await Promise.all(
    entries
      .filter((entry) => /^\d+$/u.test(entry))
      .map(async (entry) => {
        const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
        if (!environment.split('\0').includes(wanted)) return;
        found.push(Number(entry));
        kill(Number(entry));
      }),
  );
  return found;
}
