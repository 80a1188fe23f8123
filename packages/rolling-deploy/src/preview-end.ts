// How a preview ends up: its addresses in the summary, the outputs and GitHub's status, or why it could not be shown.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import { createRedactor } from '@headgate/kit/secrets';
import { codeBlock, details, escapeMarkdown, heading } from '@headgate/kit/summary';
import { DeployError } from './errors.js';
import {
  type DeploymentRequest,
  existingDeployment,
  type GitHubDeployment,
  tellingGitHub,
} from './github-deployment.js';
import { projectOf } from './preview-identity.js';
import type { PreviewInputs } from './preview-inputs.js';
import { addressOf, partsOf, summaryOf, timingsOf } from './preview-report.js';
import type { Shown, Stage } from './preview-start.js';
import { readPreviews } from './preview-world.js';

export interface PreviewEnd {
  readonly inputs: PreviewInputs;
  readonly deps: Deps;
  readonly stage: Stage;
  readonly deployment: GitHubDeployment;
  readonly request: DeploymentRequest;
}

/** What was shown, or why nothing is: never rejects for a failed preview, which the result carries. */
export async function closePreview(
  end: PreviewEnd,
  shown: readonly Shown[] | DeployError,
): Promise<ActionResult> {
  const { core, signal } = end.deps;
  const result = await (shown instanceof DeployError ? failed(end, shown) : succeeded(end, shown));
  // A cancelled step can no longer ask GitHub: its post step reports.
  if (!signal.aborted) core.saveState('preview', '');
  return result;
}

async function succeeded(
  { inputs, deps, stage, deployment, request }: PreviewEnd,
  shown: readonly Shown[],
): Promise<ActionResult> {
  const { identity, expiresAt } = stage.stamp;
  const project = projectOf(identity);
  const places = shown.map(({ service, container }) => ({
    service: service.definition.service,
    image: service.image,
    url: container.port === null ? '' : addressOf(inputs.address, stage, [container.port, service]),
  }));
  // As listed in the input: the first one is where people look.
  const order = inputs.services.filter(({ port }) => port !== null).map(({ name }) => name);
  const url = places.find(({ service }) => service === order[0])?.url ?? '';
  const until = new Date(expiresAt).toISOString();
  const changed = shown.some((each) => each.changed);
  deps.core.info(`${project} answers at ${url}, until ${until} unless it changes before`);
  await deps.core.appendSummary(summaryOf(project, places, until));
  const github = tellingGitHub(deps, inputs.githubToken);
  await existingDeployment(deployment.id, { ...request, environmentUrl: url }, github).report(
    'success',
    `${project} until ${until}`,
  );
  return {
    outputs: {
      'deployment-id': deployment.id,
      outcome: changed ? 'deployed' : 'unchanged',
      url,
      project,
    },
    entry: {
      parts: {
        deployments: partsOf({ inputs, stage, places, changed }),
        timings: timingsOf(stage, inputs.leg),
      },
    },
  };
}

/** What was started is left for a look: it goes with the pull request, or when its time is over. */
async function failed(end: PreviewEnd, failure: DeployError): Promise<ActionResult> {
  const { inputs, deps, stage, deployment } = end;
  const { redact } = createRedactor(inputs.deploySecrets.values);
  const project = projectOf(stage.stamp.identity);
  const lines = deps.signal.aborted ? [] : await lastLines(end);
  deps.core.info(`failed: ${failure.code}: ${redact(failure.message)}`);
  if (lines.length > 0) {
    const show = async ({ line }: { line: (text: string) => void }): Promise<void> => lines.forEach(line);
    await withStopCommands(deps.core, show, 'Last log lines');
  }
  const log = lines.length === 0 ? '' : details('Last log lines', codeBlock(redact(lines.join('\n'))));
  await deps.core.appendSummary(
    `${heading(3, `${project} could not be shown`)}**${escapeMarkdown(redact(failure.message))}**\n\nNext: ${escapeMarkdown(failure.hint)}\n\n${log}`,
  );
  await deployment.report('failure', `${failure.code}: ${redact(failure.message)}`);
  return {
    outputs: { 'deployment-id': deployment.id, outcome: 'failed', url: '', project },
    entry: { parts: { timings: timingsOf(stage, inputs.leg) } },
    failure,
    explained: true,
  };
}

/** Of the containers that do not run, or are not healthy; none when the engine does not answer. */
async function lastLines({ stage }: PreviewEnd): Promise<readonly string[]> {
  const { engine, stamp } = stage;
  try {
    const previews = await readPreviews(engine, stamp.identity);
    const mine = previews.find(({ number }) => number === stamp.identity.number)?.containers ?? [];
    const ill = mine.filter(({ running, exitCode, health }) =>
      running ? health !== 'healthy' : exitCode !== 0,
    );
    const [worst] = [...ill].sort((one, other) => Number(one.running) - Number(other.running));
    return worst === undefined ? [] : await engine.logs(worst.id, 20);
  } catch {
    return [];
  }
}
