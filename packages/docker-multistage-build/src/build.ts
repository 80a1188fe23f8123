// One buildx build: started in its own session, shown line by line, stopped by one signal, explained when it fails.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { LongResult } from '@headgate/kit/process';
import type { Redactor } from '@headgate/kit/secrets';
import { type Attempt, type Attempted, attemptBuild } from './build-attempts.js';
import { type BuildGoal, type BuildSource, buildArguments } from './build-command.js';
import { type BuildDiagnosis, diagnose } from './diagnosis.js';
import { diskSpace } from './disk-space.js';
import type { TimedStep } from './timeline.js';
import { type BuildTrace, createTrace } from './trace.js';
import { transientFailure } from './transient-failure.js';

/** `steps`: when each of them ran. */
export type BuildOutcome =
  | { readonly kind: 'built'; readonly steps: readonly TimedStep[] }
  | { readonly kind: 'failed'; readonly steps: readonly TimedStep[]; readonly diagnosis: BuildDiagnosis }
  | { readonly kind: 'deadline'; readonly steps: readonly TimedStep[] };

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
  /** Told of each attempt that is repeated. */
  readonly onRetry: (report: string) => void;
}

/**
 * Buildx tells the builder to stop and waits for it; measured 0.2 s, a busy disk needs longer. Shorter than the time
 * a cancelled step has to clean up, so that a builder that does not stop is killed and does not outlive the step.
 */
const graceMs = 2_500;

/** Newer buildx writes a report on one line, and the first one lists all steps with their whole commands. */
const longestLine = 1024 * 1024;

/**
 * Runs one build to its end; again where a pull or the cache stumbled, and without a cache that is damaged.
 * @throws the signal's reason when the job was cancelled; the builder was told to stop by then
 */
export function runBuild(request: BuildRequest, deps: Deps): Promise<BuildOutcome> {
  let { source } = request;
  const attempt = async ({ deadlineMs }: Attempt): Promise<Attempted<BuildOutcome>> => {
    const { outcome, again } = await runOnce({ ...request, source, deadlineMs }, deps);
    if (again?.kind !== 'damaged-cache') return { outcome, again };
    const { options } = source;
    source = { ...source, options: { ...options, cacheFrom: [] } };
    return { outcome, again: options.cacheFrom.length > 0 ? again : null };
  };
  return attemptBuild(attempt, request, deps);
}

async function runOnce(request: BuildRequest, deps: Deps): Promise<Attempted<BuildOutcome>> {
  const { goal, redactor } = request;
  // What an attempt before this one wrote is no part of the image.
  if (goal.kind === 'image') await rm(goal.layout, { recursive: true, force: true });
  const trace = createTrace(redactor);
  const result = await start(request, trace, deps);
  if (result.stopped === 'cancelled') deps.signal.throwIfAborted();
  const steps = trace.timeline();
  if (result.stopped === 'deadline') return { outcome: { kind: 'deadline', steps }, again: null };
  if (result.code === 0) return { outcome: { kind: 'built', steps }, again: null };
  // Every other end is a failure, also one that printed nothing.
  const diagnosis = await withDisk(diagnose(trace, 'failed', result), deps);
  const again = transientFailure(trace);
  return {
    outcome: { kind: 'failed', steps, diagnosis },
    again: again === null ? null : { ...again, reason: redactor.redact(again.reason) },
  };
}

/** A full disk is told with its sizes. */
async function withDisk(diagnosis: BuildDiagnosis, deps: Deps): Promise<BuildDiagnosis> {
  if (diagnosis.kind !== 'disk') return diagnosis;
  return { ...diagnosis, nextAction: `${diagnosis.nextAction} ${await diskSpace(deps)}`.trim() };
}

function start(request: BuildRequest, trace: BuildTrace, deps: Deps): Promise<LongResult> {
  const { source, goal, commitTime, deadlineMs, title } = request;
  return withStopCommands(
    deps.core,
    async (output): Promise<LongResult> =>
      await deps.start(
        {
          file: 'docker',
          args: buildArguments(source, goal),
          cwd: source.context,
          env: { ...source.options.cacheEnv, ...epoch(commitTime) },
          logFile: join(deps.temporary, `${goal.kind}-${goal.target || 'last'}.log`),
          stopSignal: 'SIGINT',
          deadlineMs,
          graceMs,
          longestLine,
          onLine: (line) => {
            for (const shown of trace.take(line)) output.line(shown);
          },
        },
        deps.signal,
      ),
    title,
  );
}

function epoch(commitTime: number | null): Readonly<Record<string, string>> {
  return commitTime === null ? {} : { SOURCE_DATE_EPOCH: String(commitTime) };
}
