// A check that staging itself has run again may come before staging's last job is done: it waits for that.
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';

const everyMs = 3_000;
/** Staging's last job only judges and wakes us: more than this is no longer its end. */
const mostMs = 3 * 60_000;

/** Resolves when the run has ended, or after three minutes. Rejects when the step is cancelled. */
export async function untilEnded(
  github: GitHub,
  runId: number,
  { clock, signal }: Pick<Deps, 'clock' | 'signal'>,
): Promise<void> {
  const deadline = clock.now() + mostMs;
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
  while (clock.now() < deadline) {
    const { data } = await github.request<{ readonly status: string | null }>(route, { run_id: runId });
    if (data.status === 'completed') return;
    await clock.sleep(everyMs, signal);
  }
}
