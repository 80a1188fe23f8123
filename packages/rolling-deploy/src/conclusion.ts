// How a deployment ends: summary, GitHub's status, outputs, and the parts of the record.
import type { ActionResult } from '@headgate/kit/action';
import type { ActionError } from '@headgate/kit/errors';
import { counted } from '@headgate/kit/summary';
import { DeployError } from './errors.js';
import type { FleetResult } from './fleet.js';
import { hostsOutput, tellFleet } from './fleet-report.js';
import { tellingGitHub } from './github-deployment.js';
import { retireFormer } from './github-former.js';
import { causeIn, headline, recordParts, type Story, summarise } from './report.js';
import type { RolloutResult } from './rollout-result.js';
import type { Instance } from './target.js';
import { type Conclusion, contextOf, type Telling } from './telling.js';

/** Summary, statuses, outputs and the entry's parts of a roll-out that came to an end, good or bad. */
export async function conclude(conclusion: Conclusion, fleet: FleetResult): Promise<ActionResult> {
  const { deps, deployment, places } = conclusion;
  const { core, signal } = deps;
  const [{ result }] = fleet.hosts;
  const telling =
    places.length === 1 && result !== null ? tellOne(conclusion, result) : tellFleet(conclusion, fleet);
  const { sentence, summary, notices, outputs, parts, failure, explained } = telling;
  for (const notice of notices) core.warning(notice);
  core.info(sentence);
  await core.appendSummary(summary);
  await deployment.report(failure === null ? 'success' : 'failure', describe(failure, sentence));
  if (fleet.failure === null) {
    const { environment, target, service, githubToken } = conclusion.inputs;
    const former = { id: deployment.id, environment, target, service };
    await retireFormer(former, tellingGitHub(deps, githubToken));
  }
  // A cancelled step can no longer ask GitHub: its post step reports.
  if (!signal.aborted) core.saveState('deployment', '');
  return {
    outputs: { 'deployment-id': deployment.id, ...outputs },
    entry: { parts },
    ...(failure === null ? {} : { failure, explained }),
  };
}

function tellOne(conclusion: Conclusion, result: RolloutResult): Telling {
  const { image, places, tested } = conclusion;
  const [{ name, steps, lines, connection }] = places;
  const context = contextOf(conclusion);
  const failed = 'failure' in result;
  const failure = failed ? failureOf(result.failure, result) : tested.failure;
  const { traffic } = connection;
  const story: Story = { result, steps: steps.records, lastLines: lines, tested, traffic };
  return {
    sentence: headline(context, story),
    summary: summarise(context, story),
    notices: result.notices,
    outputs: {
      outcome: result.outcome,
      digest: failed ? digestAfter(result) : (result.serves ?? image.digest),
      replaced: result.replaced ?? '',
      instances: String(failed && result.serving !== null ? result.serving.length : result.instances),
      hosts: hostsOutput([{ name, wave: 1, result }], image.digest),
    },
    parts: recordParts(context, story),
    failure,
    explained: failure === causeIn(story),
  };
}

/** The class of the failure first: what GitHub cuts off is at the end. */
function describe(failure: ActionError | null, sentence: string): string {
  return failure === null || sentence.startsWith(`${failure.code}: `)
    ? sentence
    : `${failure.code}: ${sentence}`;
}

/** After an undo that failed, what is seen to serve, and not what should. */
function digestAfter(result: Extract<RolloutResult, { readonly serving: unknown }>): string {
  const { serving, replaced } = result;
  return serving === null ? (replaced ?? '') : (digestsOf(serving)[0] ?? '');
}

function servesNow(serving: readonly Instance[] | null): string {
  if (serving === null) return 'what serves now could not be seen';
  if (serving.length === 0) return 'nothing serves now';
  const parts = digestsOf(serving).map((digest) => {
    const count = serving.filter((instance) => instance.digest === digest).length;
    return `${digest} (${counted(count, 'instance')})`;
  });
  return `${parts.join(' and ')} serves now`;
}

function digestsOf(instances: readonly Instance[]): readonly string[] {
  return [...new Set(instances.map(({ digest }) => digest))];
}

/** Of one host: what failed, or that its undo did. */
export function failureOf(failure: DeployError, result: RolloutResult): DeployError {
  if (!('undo' in result)) return failure;
  const { restored, of, consistent } = result.undo;
  if (failure.code === 'cancelled' || (consistent && restored === of)) return failure;
  return new DeployError({
    code: 'undo-failed',
    message: `${failure.message}; then ${restored} of ${of} former instances could be brought back; ${servesNow(result.serving)}`,
    hint: 'Read the warnings above; repair what they name and deploy again: the next run starts from what it finds.',
    cause: failure,
  });
}
