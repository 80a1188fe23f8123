// How a deployment ends: summary, GitHub's status, outputs, and the parts of the record.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { createRedactor } from '@headgate/kit/secrets';
import { DeployError } from './errors.js';
import type { GitHubDeployment } from './github-deployment.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import { causeIn, headline, type ReportContext, recordParts, type Story, summarise } from './report.js';
import type { RolloutResult } from './rollout.js';
import type { Steps } from './steps.js';
import type { Tested } from './tests.js';

export interface Conclusion {
  readonly inputs: Inputs;
  readonly image: ImageReference;
  readonly deps: Deps;
  readonly steps: Steps;
  readonly deployment: GitHubDeployment;
  /** Last log lines of an instance that failed. */
  readonly lines: readonly string[];
  readonly tested: Tested;
}

/** Summary, statuses, outputs and the entry's parts of a roll-out that came to an end, good or bad. */
export async function conclude(
  { inputs, image, deps, steps, deployment, lines, tested }: Conclusion,
  result: RolloutResult,
): Promise<ActionResult> {
  const { leg, target, environment, service, environmentUrl: url } = inputs;
  const context: ReportContext = {
    target,
    environment,
    service,
    image: image.reference,
    digest: image.digest,
    leg,
    url,
    redact: createRedactor(inputs.deploySecrets.values).redact,
  };
  const failed = 'failure' in result;
  const failure = failed ? failureOf(result.failure, result) : tested.failure;
  const story: Story = { result, steps: steps.records, lastLines: lines, tested };
  const sentence = headline(context, story);
  for (const notice of result.notices) deps.core.warning(notice);
  deps.core.info(sentence);
  await deps.core.appendSummary(summarise(context, story));
  await deployment.report(failure === null ? 'success' : 'failure', sentence);
  // A cancelled step can no longer ask GitHub: its post step reports.
  if (!deps.signal.aborted) deps.core.saveState('deployment', '');
  return {
    outputs: {
      'deployment-id': deployment.id,
      outcome: result.outcome,
      digest: failed ? (result.replaced ?? '') : image.digest,
      replaced: result.replaced ?? '',
      instances: String(result.instances),
    },
    entry: { parts: recordParts(context, story) },
    ...(failure === null ? {} : { failure, explained: failure === causeIn(story) }),
  };
}

/** Whoever reads the output `outcome` must find one of its four words there, whatever went wrong. */
export function withOutcome(error: unknown): unknown {
  if (!(error instanceof ActionError)) return error;
  const { code, message, hint, cause } = error;
  return new ActionError({ code, message, hint, cause, outputs: { outcome: 'failed', ...error.outputs } });
}

function failureOf(failure: DeployError, result: RolloutResult): DeployError {
  if (!('undo' in result)) return failure;
  const { restored, of, consistent } = result.undo;
  if (failure.code === 'cancelled' || (consistent && restored === of)) return failure;
  return new DeployError({
    code: 'undo-failed',
    message: `${failure.message}; then ${restored} of ${of} former instances could be brought back`,
    hint: 'Read the warnings above; repair what they name and deploy again: the next run starts from what it finds.',
    cause: failure,
  });
}
