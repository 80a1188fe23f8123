// Plays one behaviour on the real engine and runner, and says what came of it in the words of its file.
import type { JobState, RunState } from '../../src/model.js';
import { conclusions, createRehearsal, jobNamed } from '../support/rehearsal.js';
import type { Played } from './behaviour.js';

/** What a behaviour expects, as far as it says anything. */
export type Outcome = Partial<
  Omit<Played, 'behaviour' | 'source' | 'workflow' | 'files' | 'settings' | 'event'>
>;

/** Lines of the log that are expected, in their order; what is missing is missing here too. */
function linesOf(job: JobState, wanted: readonly string[]): string[] {
  const lines = job.log.split('\n');
  let from = 0;
  return wanted.flatMap((line) => {
    const found = lines.indexOf(line, from);
    if (found === -1) return [`(not in the log: ${line})`];
    from = found + 1;
    return [line];
  });
}

function annotationsOf(job: JobState, wanted: readonly string[]): string[] {
  const messages = job.annotations.map(({ message }) => message);
  return wanted.map((part) =>
    messages.some((message) => message.includes(part)) ? part : `(not among: ${messages.join(' | ')})`,
  );
}

function untoldOf(job: JobState, parts: readonly string[]): string[] {
  return parts.filter((part) => !job.annotations.some(({ message }) => message.includes(part)));
}

/** Without "Set up job" and "Complete job". */
function stepsOf(job: JobState): string[] {
  return job.steps.slice(1, -1).map(({ conclusion }) => String(conclusion));
}

function forJobs<Wanted, Value>(
  wanted: Readonly<Record<string, Wanted>>,
  run: RunState,
  read: (job: JobState, wanted: Wanted) => Value,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [name, read(jobNamed(run, name), value)]),
  );
}

function observed(run: RunState, behaviour: Played): Outcome {
  const { problem, jobs, log, outputs, steps, annotations, untold, summary, unseen } = behaviour;
  const all = run.jobs.map((job) => job.log).join('\n');
  return {
    ...(behaviour.run === undefined ? {} : { run: run.conclusion ?? undefined }),
    ...(problem === undefined
      ? {}
      : { problem: run.problem?.includes(problem) ? problem : `${run.problem}` }),
    ...(jobs === undefined ? {} : { jobs: conclusions(run) as Record<string, string> }),
    ...(log === undefined ? {} : { log: forJobs(log, run, linesOf) }),
    ...(outputs === undefined ? {} : { outputs: forJobs(outputs, run, (job) => ({ ...job.outputs })) }),
    ...(steps === undefined ? {} : { steps: forJobs(steps, run, stepsOf) }),
    ...(annotations === undefined ? {} : { annotations: forJobs(annotations, run, annotationsOf) }),
    ...(untold === undefined ? {} : { untold: forJobs(untold, run, untoldOf) }),
    ...(summary === undefined ? {} : { summary: forJobs(summary, run, (job) => job.summary) }),
    unseen: unseen.filter((text) => !all.includes(text)),
  };
}

/** The part of a behaviour that says what must come of it. */
export function expected(behaviour: Played): Outcome {
  const {
    behaviour: _name,
    source: _source,
    workflow: _workflow,
    files: _files,
    settings: _settings,
    event: _event,
    rerun: _rerun,
    'cancel-at': _cancelAt,
    ...outcome
  } = behaviour;
  return outcome;
}

/** Runs the workflow on a host of its own. */
export async function play(behaviour: Played): Promise<Outcome> {
  const atWork = Promise.withResolvers<void>();
  const { environments = {}, ...settings } = behaviour.settings;
  const rehearsal = await createRehearsal({
    settings: {
      ...(settings as { secrets?: Record<string, string>; variables?: Record<string, string> }),
      environments: environments as Readonly<Record<string, (typeof environments)[string]>> as never,
    },
    onChange: (_run, job) => {
      const step = job?.steps.find(({ name }) => name === behaviour['cancel-at']);
      if (step?.status === 'in_progress') atWork.resolve();
    },
  });
  try {
    const files = { '.github/workflows/x.yml': behaviour.workflow, ...behaviour.files };
    const started = await rehearsal.start(files, behaviour.event);
    if (behaviour['cancel-at'] !== undefined) {
      await atWork.promise;
      await rehearsal.engine.cancel(started.id);
    }
    let run = await rehearsal.engine.finished(started.id);
    if (behaviour.rerun !== undefined) {
      await rehearsal.engine.rerun(started.id, behaviour.rerun, 'mona');
      run = await rehearsal.engine.finished(started.id);
    }
    return observed(run, behaviour);
  } finally {
    await rehearsal.close();
  }
}
