// What GitHub raises reaches the engine, and so do people's requests about runs.
import type { Engine } from '../engine/engine.js';
import type { GitHubHost, RaisedEvent } from '../model.js';
import type { Setting } from './setting.js';

/**
 * Every event of the repository goes to the engine; `idle` waits for those that are still being looked at. In a fork
 * nothing runs unless its owner turns it on.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflows-in-forked-repositories
 */
export function connectEvents(
  host: GitHubHost,
  engine: Engine,
  repository: string,
): Pick<Setting, 'raised' | 'strike' | 'handled' | 'idle'> {
  const raised: RaisedEvent[] = [];
  const handling = new Set<Promise<unknown>>();
  const problems: unknown[] = [];
  const track = (work: Promise<unknown>): void => {
    const done = work.catch((error: unknown) => problems.push(error)).finally(() => handling.delete(done));
    handling.add(done);
  };
  host.onEvent((event) => {
    if (event.repository === repository) track(engine.handle(event));
    raised.push(event);
  });
  host.onRunRequest(({ kind, runId, login }) => {
    const what = kind === 'rerun' ? 'all' : 'failed';
    track(kind === 'cancel' ? engine.cancel(runId) : engine.rerun(runId, what, login));
  });
  const strike = (cron: string, sha: string): void => {
    const ref = `refs/heads/${host.repository(repository).defaultBranch}`;
    // Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
    const event = { repository, name: 'schedule', ref, sha, actor: 'story', fork: false };
    const due: RaisedEvent = { ...event, payload: { schedule: cron } };
    track(engine.handle(due));
    raised.push(due);
  };
  const handled = async (): Promise<void> => {
    while (handling.size > 0) await Promise.all(handling);
    if (problems.length > 0) throw problems.shift();
  };
  const idle = async (): Promise<void> => {
    do {
      await handled();
      await engine.idle();
    } while (handling.size > 0);
    await handled();
  };
  return { raised, strike, handled, idle };
}
