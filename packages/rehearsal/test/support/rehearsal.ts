// An engine over a test host, with one repository of workflows to push.
import { join } from 'node:path';
import { type Clock, systemClock } from '@headgate/kit/clock';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import type { JobState, RaisedEvent, RunState } from '../../src/model.js';
import type { RepositorySettings } from '../../src/repository-settings.js';
import type { Pausing } from '../../src/runner/pauses.js';
import { createTestHost, pushEvent, settingsOf, type TestHost } from './host.js';

export const repository = 'acme/shop';

export interface Rehearsal {
  readonly host: TestHost;
  readonly engine: Engine;
  /** Commits the files on a branch, raises the push and waits for the run it starts. */
  push(files: Readonly<Record<string, string>>, event?: Partial<RaisedEvent>): Promise<RunState>;
  /** As `push`, without waiting. */
  start(files: Readonly<Record<string, string>>, event?: Partial<RaisedEvent>): Promise<RunState>;
  close(): Promise<void>;
}

export interface RehearsalOptions {
  readonly settings?: Partial<RepositorySettings>;
  readonly clock?: Clock;
  readonly maximumJobs?: number;
  readonly onChange?: (run: RunState, job?: JobState) => void;
  /** Made once the host is there. */
  readonly pausing?: (host: TestHost) => Pausing;
}

export async function createRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const host = createTestHost();
  await host.addRepository(settingsOf(repository, options.settings));
  const engine = createEngine({
    host,
    workDirectory: join(host.root, 'runner'),
    node: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', HOME: host.root },
    clock: options.clock ?? systemClock,
    ...(options.maximumJobs === undefined ? {} : { maximumJobs: options.maximumJobs }),
    ...(options.onChange === undefined ? {} : { onChange: options.onChange }),
    ...(options.pausing === undefined ? {} : { pausing: options.pausing(host) }),
  });
  const start: Rehearsal['start'] = async (files, event = {}) => {
    const sha = host.commit(repository, 'develop', files);
    const [run] = await engine.handle(pushEvent(repository, 'develop', sha, event));
    if (run === undefined) throw new Error('the push started no run');
    return run;
  };
  return {
    host,
    engine,
    start,
    push: async (files, event) => engine.finished((await start(files, event)).id),
    async close() {
      await engine.close();
      await host.close();
    },
  };
}

/** The newest job of a name. */
export function jobNamed(run: RunState, name: string): JobState {
  const found = run.jobs.findLast((job) => job.name === name);
  if (found === undefined)
    throw new Error(`no job ${name} in ${run.jobs.map((job) => job.name).join(', ')}; ${run.problem}`);
  return found;
}

/** Name → conclusion of all jobs of the run's current attempt. */
export function conclusions(run: RunState): Record<string, string | null> {
  return Object.fromEntries(
    run.jobs.filter((job) => job.attempt === run.attempt).map((job) => [job.name, job.conclusion]),
  );
}
