// One buildx build: started in its own session, shown line by line, stopped by one signal, explained when it fails.
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { LongResult } from '@headgate/kit/process';
import type { Redactor } from '@headgate/kit/secrets';
import { type BuildGoal, type BuildSource, buildArguments } from './build-command.js';
import { type BuildDiagnosis, diagnose } from './diagnosis.js';
import { createTrace } from './trace.js';

export type BuildOutcome =
  | { readonly kind: 'built' }
  | { readonly kind: 'failed'; readonly diagnosis: BuildDiagnosis }
  | { readonly kind: 'deadline' };

export interface BuildRequest {
  readonly source: BuildSource;
  readonly goal: BuildGoal;
  /** Seconds since the epoch, or null for the time of the build. */
  readonly commitTime: number | null;
  /** Milliseconds left. */
  readonly deadlineMs: number;
  /** Knows every secret that the build may print. */
  readonly redactor: Redactor;
  /** Shown as the group's name and used for the log file. */
  readonly title: string;
}

/**
 * Buildx tells the builder to stop and waits for it; measured 0.2 s, a busy disk needs longer. Shorter than the time
 * a cancelled step has to clean up, so that a builder that does not stop is killed and does not outlive the step.
 */
const graceMs = 2_500;

/**
 * Runs one build to its end.
 * @throws the signal's reason when the job was cancelled; the builder was told to stop by then
 */
export async function runBuild(request: BuildRequest, deps: Deps): Promise<BuildOutcome> {
  const trace = createTrace(request.redactor);
  const result = await withStopCommands(
    deps.core,
    async (output): Promise<LongResult> =>
      await deps.start(
        {
          file: 'docker',
          args: buildArguments(request.source, request.goal),
          cwd: request.source.context,
          env: epoch(request.commitTime),
          logFile: join(deps.temporary, `${request.goal.kind}-${request.goal.target || 'last'}.log`),
          stopSignal: 'SIGINT',
          deadlineMs: request.deadlineMs,
          graceMs,
          onLine: (line) => {
            for (const shown of trace.take(line)) output.line(shown);
          },
        },
        deps.signal,
      ),
    request.title,
  );
  if (result.stopped === 'cancelled') deps.signal.throwIfAborted();
  if (result.stopped === 'deadline') return { kind: 'deadline' };
  // Every non-zero end is a failure, also one that printed nothing.
  if (result.code !== 0) return { kind: 'failed', diagnosis: diagnose(trace, 'failed') };
  return { kind: 'built' };
}

function epoch(commitTime: number | null): Readonly<Record<string, string>> {
  return commitTime === null ? {} : { SOURCE_DATE_EPOCH: String(commitTime) };
}
