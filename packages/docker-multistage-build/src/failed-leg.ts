// A gate or build that did not end well: the summary, the place in the file, the entry's parts and the error.

import { findStage } from '@headgate/dockerfile/target';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import type { Redactor } from '@headgate/kit/secrets';
import type { BuildOutcome } from './build.js';
import { type BuildDiagnosis, sentence } from './diagnosis.js';
import { type FailureCode, failure, placedFailure } from './failures.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { type Delivered, failedTestsSummary, failureSummary, imageSummary } from './report.js';
import { stagesOf } from './stages.js';

export interface FailedPart {
  /** `gate test`, `results unit` or `build`. */
  readonly step: string;
  readonly outcome: Exclude<BuildOutcome, { kind: 'built' }> | FailedResults;
}

/** The stage was built, and what its tests have left says that they failed. */
export interface FailedResults {
  readonly kind: 'results';
  /** One sentence without its full stop. */
  readonly problem: string;
  readonly hint: string;
}

export interface FailedLeg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  /** The Dockerfile's path in the repository. */
  readonly shownFile: string;
  /** Its text. */
  readonly dockerfile: string;
  readonly redactor: Redactor;
}

/** Tells people why, and hands the failure on with what was already known. */
export async function reportFailure(part: FailedPart, leg: FailedLeg): Promise<ActionResult> {
  const { inputs, deps, journal, redactor } = leg;
  const { step, outcome } = part;
  const problem = errorFor(part, leg);
  if (outcome.kind === 'failed') {
    const { diagnosis } = outcome;
    await deps.core.appendSummary(failureSummary({ leg: inputs.leg, step, diagnosis }, journal, redactor));
  }
  if (outcome.kind === 'results') await deps.core.appendSummary(failedTestsSummary(inputs.leg, journal));
  const tests = journal.tests.map((test) => ({ ...test, detail: redactor.redact(test.detail) }));
  return {
    outputs: {},
    entry: { name: inputs.leg, parts: { tests, timings: journal.timings } },
    failure: problem,
  };
}

/** A good image that could not be published: what was built is shown, what was tested and timed is kept. */
export async function reportUnpublished(
  problem: ActionError,
  image: Delivered,
  { deps, journal }: Pick<FailedLeg, 'deps' | 'journal'>,
  outputs: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  await deps.core.appendSummary(imageSummary(image, journal));
  const parts = { tests: journal.tests, timings: journal.timings };
  return { outputs, entry: { name: image.leg, parts }, failure: problem };
}

function errorFor({ step, outcome }: FailedPart, leg: FailedLeg): ActionError<FailureCode> {
  const { inputs, redactor, shownFile } = leg;
  if (outcome.kind === 'deadline') {
    const minutes = Math.round(inputs.deadlineMs / 6000) / 10;
    return failure(
      'build-deadline',
      `The ${step} was stopped after ${minutes} minutes; nothing was published.`,
      'Raise `deadline`, or find what hangs in the log.',
    );
  }
  if (outcome.kind === 'results')
    return failure('gate-failed', `${outcome.problem}; nothing was published.`, outcome.hint);
  const { diagnosis } = outcome;
  const line = lineOf(diagnosis, leg);
  return placedFailure({
    code: step.startsWith('gate ') ? 'gate-failed' : 'build-failed',
    message: `The ${step} failed, nothing was published: ${redactor.redact(sentence(diagnosis))}.`,
    hint: diagnosis.nextAction,
    place: line === null ? null : { file: shownFile, line },
    excerpt: diagnosis.lastLines.map((text) => redactor.redact(text)).join('\n'),
  });
}

/** As the builder says it; else the FROM of the stage that failed. */
function lineOf({ line, stage }: BuildDiagnosis, { dockerfile }: FailedLeg): number | null {
  if (line !== null || stage === null) return line;
  return findStage(stagesOf(dockerfile) ?? [], stage)?.line ?? null;
}
