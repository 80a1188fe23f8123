// The beginning of a job: its folders, its token, its masks.
import { randomUUID } from 'node:crypto';
import { firstOf } from '../engine/cancellation.js';
import { textAt } from '../engine/trigger.js';
import { createJobDirectories } from './job-directories.js';
import { createJobLog } from './job-log.js';
import type { JobPlan, RunnerOptions } from './job-plan.js';
import { createMasks } from './masks.js';
import type { Session } from './session.js';

const debugSwitch = 'ACTIONS_STEP_DEBUG';

/** The secret wins over the variable. Source: https://docs.github.com/actions/how-tos/monitor-workflows/enable-debug-logging */
function wantsDebug({ secrets, contexts }: JobPlan): boolean {
  return (textAt(secrets, debugSwitch) || textAt(contexts['vars'], debugSwitch)) === 'true';
}

/** A session with nothing done yet; `stop` ends it besides the plan's own signal. */
export async function openSession(
  plan: JobPlan,
  options: RunnerOptions,
  stop: AbortController,
): Promise<Session> {
  const { host } = options;
  const directories = await createJobDirectories({
    workDirectory: options.workDirectory,
    jobId: plan.state.id,
    repository: plan.run.repository,
    event: plan.run.event.payload,
  });
  const masks = createMasks();
  const token = host.grantToken({
    repository: plan.run.repository,
    permissions: plan.permissions,
    login: 'github-actions[bot]',
    jobToken: true,
  });
  const runtimeToken = randomUUID();
  for (const secret of [token, runtimeToken, ...Object.values(plan.secrets)]) masks.add(secret);
  return {
    plan,
    options,
    directories,
    masks,
    token,
    runtimeToken,
    log: createJobLog(directories.logFile, masks),
    trackingId: `github_${randomUUID()}`,
    debug: wantsDebug(plan),
    depth: 0,
    told: { notice: 0, warning: 0, failure: 0 },
    summaries: { count: 0 },
    environment: new Map(),
    paths: [],
    results: new Map(),
    posts: [],
    checkouts: [],
    trouble: { action: null },
    signal: firstOf(plan.lost, plan.signal, stop.signal),
    status: 'success',
  };
}
