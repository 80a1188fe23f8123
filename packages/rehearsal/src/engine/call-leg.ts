// A leg that calls a workflow: its inputs, its secrets, then one level more.
import { bindInputs } from './call-contract.js';
import type { Scope } from './expression.js';
import type { Leg } from './job.js';
import type { JobOutcome } from './job-status.js';
import { levelContexts, runLevel } from './level.js';
import { problem } from './problem.js';
import { passedSecrets } from './secrets.js';
import { evaluateTemplate, evaluateTexts } from './template.js';
import type { CallJob } from './workflow-model.js';

/** Runs the called workflow; `held` are the concurrency groups that it may not wait for. */
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
    who: title,
    scope: { contexts: levelContexts(level) },
  });
  const withSecrets: Scope = { contexts: { ...scope.contexts, secrets: level.secrets.values } };
  const secrets =
    job.secrets === 'inherit' ? level.secrets : passedSecrets(evaluateTexts(job.secrets, withSecrets));
  const below = { ...level, workflow, inputs, secrets, held, cancellation };
  return (await runLevel({ ...below, path: `${leg.path}/`, title: `${title} / ` })).outcome;
}
