// Mode collect: the entries of this run's legs become the record, and what ran is held against the decision.
import { dirname } from 'node:path';
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { type DeliveryRecord, emptyRecord, mergeEntries } from '@headgate/kit/record';
import { askedSubject } from './asked-subject.js';
import { collectSummary } from './collect-summary.js';
import { readEntries } from './entries.js';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';
import type { CollectInputs } from './inputs.js';
import { judge } from './outcome.js';
import { flowOf, writeRecord } from './record-file.js';
import { notYetIn } from './recorded.js';
import { legsUntil } from './wanted-legs.js';

/** Merges entries into the record, judges, writes the record's file; fails after its outputs are set. */
export async function collectRun(inputs: CollectInputs, deps: Deps): Promise<ActionResult> {
  const decision = await readDecision(inputs);
  if (decision.nothing !== null && !hasBadJob(inputs)) return nothingToDo(decision, deps);

  const github = await deps.connectGitHub(inputs.githubToken);
  const { barrier, needs } = inputs;
  const legs = legsUntil(decision, barrier);
  const { runId } = deps.context;
  const entries = await readEntries(github, { runId, legs, firstAttempt: decision.attempt });
  const previous = await previousRecord(inputs, github);
  const start = previous ?? emptyRecord(flowOf(decision, deps.context));
  const { chosen } = mergeEntries(start, entries);
  const outcome = judge({ decision, barrier, chosen, needs });
  // The last record is complete; the barrier after it only judges.
  const isComplete = barrier === 'result' && previous !== null;
  const record = isComplete ? previous : mergeEntries(start, notYetIn(start, chosen)).record;

  await deps.core.appendSummary(collectSummary(decision, { barrier, outcome, record }));
  const outputs = barrier === 'result' ? {} : outputsOf({ decision, record, inputs, deps });
  return outcome.cause === null ? { outputs } : { outputs, failure: outcome.cause, explained: true };
}

interface Ending {
  readonly decision: Decision;
  readonly record: DeliveryRecord;
  readonly inputs: CollectInputs;
  readonly deps: Deps;
}

function outputsOf({ decision, record, inputs, deps }: Ending): Readonly<Record<string, string>> {
  const { barrier } = inputs;
  const attempt = deps.context.runAttempt;
  return {
    ...writeRecord(record, { folder: dirname(deps.temporary), barrier, attempt }),
    ...(barrier === 'images' ? {} : askedSubject(decision, record)),
  };
}

async function readDecision({ decision, needs }: CollectInputs): Promise<Decision> {
  if (decision === '') {
    const decided = needs.get('decide');
    if (decided === 'cancelled')
      throw failure('cancelled', 'decide was cancelled', 'Re-run all jobs if this was not meant.');
    if (decided === 'failure' || decided === 'skipped') {
      const message = `decide was expected to succeed; its result is ${decided}`;
      throw failure(
        'stage-failed',
        message,
        'See the log of the job decide: its last lines name the cause and the cure.',
      );
    }
  }
  return readGivenDecision(decision);
}

function hasBadJob({ needs }: CollectInputs): boolean {
  return [...needs.values()].some((result) => result === 'failure' || result === 'cancelled');
}

async function nothingToDo(decision: Decision, deps: Deps): Promise<ActionResult> {
  const { core, context } = deps;
  const outcome = { result: 'success', stages: [], cause: null } as const;
  const record = emptyRecord(flowOf(decision, context));
  await core.appendSummary(collectSummary(decision, { barrier: 'end', outcome, record }));
  core.info(`Nothing to do: ${decision.nothing ?? ''}`);
  return { outputs: { nothing: decision.nothing ?? '' } };
}

/** The record of the barrier before; null when there was none. */
async function previousRecord(inputs: CollectInputs, github: GitHub): Promise<DeliveryRecord | null> {
  const { barrier, recordArtifactId, recordDigest, needs } = inputs;
  const isInside = barrier === 'plan' || barrier === 'wait';
  const isExpected = isInside || needs.get(barrier === 'result' ? 'record' : 'collect') === 'success';
  if (recordArtifactId === '' && recordDigest === '' && !isExpected) return null;
  return fetchRecord(github, recordArtifactId, recordDigest);
}
