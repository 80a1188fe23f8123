// A gate or build that did not end well: the summary, the place in the file, the entry's parts and the error.

import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import type { Redactor } from '@headgate/kit/secrets';
import type { BuildOutcome } from './build.js';
import { sentence } from './diagnosis.js';
import { type FailureCode, failure } from './failures.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { type Delivered, failureSummary, imageSummary } from './report.js';

export interface FailedPart {
  /** `gate test` or `build`. */
  readonly step: string;
  readonly outcome: Exclude<BuildOutcome, { kind: 'built' }>;
}

export interface FailedLeg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  /** The Dockerfile's path in the repository. */
  readonly shownFile: string;
  readonly redactor: Redactor;
}

/** Tells people why, and hands the failure on with what was already known. */
export async function reportFailure(part: FailedPart, leg: FailedLeg): Promise<ActionResult> {
  const { inputs, deps, journal, shownFile, redactor } = leg;
  const { step, outcome } = part;
  const problem = errorFor(part, leg);
  if (outcome.kind === 'failed') {
    const { diagnosis } = outcome;
    await deps.core.appendSummary(
      failureSummary({ leg: inputs.leg, step, code: problem.code, diagnosis }, journal, redactor),
    );
    if (diagnosis.line !== null) {
      const place = { title: `${step} failed`, file: shownFile, startLine: diagnosis.line };
      deps.core.error(redactor.redact(sentence(diagnosis)), place);
    }
  }
  const tests = journal.tests.map((test) => ({ ...test, detail: redactor.redact(test.detail) }));
  return {
    outputs: {},
    entry: { name: inputs.leg, parts: { tests, timings: journal.timings } },
    failure: problem,
    explained: outcome.kind === 'failed',
  };
}

/** A good image that could not be published: what was built is shown, what was tested and timed is kept. */
export async function reportUnpublished(
  problem: ActionError,
  image: Delivered,
  { deps, journal }: Pick<FailedLeg, 'deps' | 'journal'>,
): Promise<ActionResult> {
  await deps.core.appendSummary(imageSummary(image, journal));
  const parts = { tests: journal.tests, timings: journal.timings };
  return { outputs: {}, entry: { name: image.leg, parts }, failure: problem };
}

function errorFor({ step, outcome }: FailedPart, { inputs, redactor }: FailedLeg): ActionError<FailureCode> {
  if (outcome.kind === 'deadline') {
    const minutes = Math.round(inputs.deadlineMs / 6000) / 10;
    return failure(
      'build-deadline',
      `The ${step} was stopped after ${minutes} minutes; nothing was published.`,
      'Raise `deadline`, or find what hangs in the log.',
    );
  }
  const { diagnosis } = outcome;
  const gate = step.startsWith('gate ');
  const said = redactor.redact(sentence(diagnosis));
  return failure(
    gate ? 'gate-failed' : 'build-failed',
    `The ${step} failed, nothing was published: ${said}.`,
    diagnosis.nextAction,
  );
}
