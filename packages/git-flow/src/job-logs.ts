// Where the logs of this run's jobs are.
import type { Context } from '@headgate/kit/context';
import type { GitHub } from '@headgate/kit/github';

interface Job {
  readonly name: string;
  readonly conclusion: string | null;
  readonly html_url: string | null;
}

/** The address of a job's log; that of the run where the job is not found. */
export type LogOf = (job: string) => string;

const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';

/** Needs `actions: read`; without it every log is the run's. */
export async function findLogs(github: GitHub, { runId, runAttempt, runUrl }: Context): Promise<LogOf> {
  const parameters = { run_id: runId, attempt_number: runAttempt };
  const jobs = await github.paginate<Job>(route, parameters, 'jobs').catch((): readonly Job[] => []);
  const failed = jobs.filter(({ conclusion }) => conclusion === 'failure');
  const run = `${runUrl}/attempts/${runAttempt}`;
  return (job) => {
    const own = failed.find(({ name }) => name === job || name.endsWith(` / ${job}`));
    const below = failed.find(({ name }) => name.split(' / ').includes(job));
    return own?.html_url ?? below?.html_url ?? run;
  };
}
