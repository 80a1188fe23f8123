// A leg that calls a workflow: its inputs, its secrets, then one level more.
import { bindInputs } from './call-contract.js';
import type { Scope } from './expression.js';
import { enterGroup } from './group-entry.js';
import type { Leg } from './job.js';
import { refusedLeg } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import { levelContexts, runLevel } from './level.js';
import { problem } from './problem.js';
import { passedSecrets } from './secrets.js';
import { entriesOf, evaluateTemplate, evaluateTexts, type Position, placeOf } from './template.js';
import type { CallJob } from './workflow-model.js';

/** Where a call gives an input, else where the job stands. */
function givenAt(job: CallJob, input: string): Position {
  const given = entriesOf(job.with).find(([name]) => name.toLowerCase() === input.toLowerCase());
  return given?.[1].at ?? job.at;
}

/**
 * Runs the called workflow, under the concurrency group that its own file names; `held` are the groups that neither may
 * wait for. Source: https://github.com/rhysd/actionlint/issues/538
 */
export async function runCall(
  leg: Leg,
  job: CallJob,
  { held, scope }: { readonly held: readonly string[]; readonly scope: Scope },
): Promise<JobOutcome> {
  const { level, cancellation, title } = leg;
  const workflow = level.workflow.callees.get(job.id);
  if (workflow?.file.call == null)
    throw problem('not-found', `${job.uses} is not loaded`, 'Correct `uses:`.');
  const given: unknown = job.with === null ? {} : evaluateTemplate(job.with, scope);
  const values = typeof given === 'object' && given !== null ? Object.fromEntries(Object.entries(given)) : {};
  const inputs = bindInputs(workflow.file.call.inputs, values, {
    who: (input) => placeOf(givenAt(job, input)),
    scope: { contexts: levelContexts(level) },
    texts: false,
  });
  const withSecrets: Scope = { contexts: { ...scope.contexts, secrets: level.secrets.values } };
  const secrets =
    job.secrets === 'inherit' ? level.secrets : passedSecrets(evaluateTexts(job.secrets, withSecrets));
  const below = {
    ...level,
    workflow,
    inputs,
    secrets,
    cancellation,
    path: `${leg.path}/`,
    title: `${title} / `,
  };
  const { answer, held: all } = await enterGroup(workflow.file.concurrency, {
    groups: level.attempt.groups,
    scope: { contexts: levelContexts(below) },
    repository: level.attempt.run.repository,
    held,
    signal: leg.stop,
    cancel: cancellation.cancel,
    waiting: () => undefined,
  });
  if (answer.kind === 'refused') return refusedLeg(leg, answer.reason);
  try {
    return (await runLevel({ ...below, held: all })).outcome;
  } finally {
    answer.release();
  }
}
