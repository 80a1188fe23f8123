// Mode decide: event and headgate.yml become one decision that the workflows route on.
import { decide } from '@headgate/configuration/decide';
import type { Decision } from '@headgate/configuration/decision';
import type { OpenPullRequest } from '@headgate/configuration/facts';
import { ConfigurationError } from '@headgate/configuration/problem';
import type { ReadConfiguration } from '@headgate/configuration/read';
import { asksForPullRequests, routeOf } from '@headgate/configuration/route';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { createGit } from '@headgate/kit/git';
import { jsonOutput } from '@headgate/kit/json-output';
import { readCheckout } from './checkout.js';
import { decideRestore } from './decide-restore.js';
import { decisionSummary } from './decision-summary.js';
import { readEvent } from './event.js';
import { failure } from './failures.js';
import type { DecideInputs } from './inputs.js';
import { readPolicyFacts } from './policy-facts.js';
import { readProject } from './project.js';
import { openPullRequests } from './pull-requests.js';
import { pusherOf } from './pusher.js';
import { restoreRequest } from './restore-request.js';

/** Reads the event, headgate.yml, the checkout and the open pull requests, and decides. */
export async function decideRun(inputs: DecideInputs, deps: Deps): Promise<ActionResult> {
  const { context } = deps;
  const event = readEvent(context);
  const read = readAnnotated(inputs.configuration, deps);
  const { branches } = read.configuration;

  const request = restoreRequest(inputs.restore, context);
  if (request !== null)
    return conclude(await decideRestore({ inputs, deps, event, request, now: read }), null, deps);

  let pulls: readonly OpenPullRequest[] = [];
  if (event.kind === 'push' && asksForPullRequests(event, branches)) {
    const github = await deps.connectGitHub(inputs.githubToken);
    pulls = await openPullRequests(github, context.repository, event.branch);
  }
  const { eventName } = context;
  const route = routeOf({ eventName, event, openPullRequests: pulls }, branches);
  const promotes = route.deploys === 'production';
  const question = {
    event,
    sha: context.sha,
    production: branches.production,
    history: route.images === 'publish' || promotes,
    token: inputs.githubToken,
  };
  const { parents, ...checkout } = await readCheckout(deps, question);
  const git = createGit(deps.run, context.workspace);
  const policy = promotes ? await readPolicyFacts(git, inputs.configuration, parents) : null;
  const { owner, name, fullName } = context.repository;
  const decision = decide(
    {
      eventName,
      event,
      ref: context.ref,
      repository: { owner, name, url: `${context.serverUrl}/${fullName}` },
      attempt: context.runAttempt,
      ...checkout,
      openPullRequests: pulls,
      policy,
      variables: inputs.variables,
    },
    read,
  );

  return conclude(decision, await pusherOf(inputs, { decision, branches, deps }), deps);
}

async function conclude(decision: Decision, pusher: string | null, deps: Deps): Promise<ActionResult> {
  await tell(decision, pusher, deps);
  const outputs = decisionOutputs(decision);
  checkSize(outputs);
  return { outputs };
}

async function tell(decision: Decision, pusher: string | null, { core }: Deps): Promise<void> {
  for (const notice of decision.notices) core.notice(notice, { title: 'git-flow' });
  await core.appendSummary(decisionSummary(decision, pusher));
  core.info(oneLine(decision));
  if (pusher !== null) core.info(pusher);
}

/** A job gets all of them in one variable, `toJSON(needs)`, and Linux takes 128 KiB in one; a little goes to the rest. */
const mostBytes = 120 * 1024;

/** @throws {ActionError} `decision-too-large`, before a later job cannot even be started */
function checkSize(outputs: Readonly<Record<string, string>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(outputs, null, 2));
  if (bytes <= mostBytes) return;
  const message = `the decision was expected to fit into ${mostBytes / 1024} KiB, which is what a job can be handed; it has ${Math.ceil(bytes / 1024)} KiB`;
  throw failure(
    'decision-too-large',
    message,
    'Split the application: fewer images and targets in one headgate.yml.',
  );
}

export function decisionOutputs(decision: Decision): Readonly<Record<string, string>> {
  const { approval, finish, notifications, preview } = decision;
  const json = (value: unknown): string => (value === null || value === undefined ? '' : jsonOutput(value));
  return {
    decision: jsonOutput(decision),
    images: jsonOutput(decision.images),
    'machine-images': jsonOutput(decision.machineImages),
    plans: jsonOutput(decision.plans),
    'shown-plans': jsonOutput(decision.shownPlans),
    approval: json(approval),
    review: decision.review ?? '',
    targets: jsonOutput(decision.targets),
    preview: json(preview),
    environment: decision.environment ?? '',
    'environment-url': decision.environmentUrl ?? '',
    publish: String(decision.publish),
    'branch-kind': decision.branchKind,
    version: decision.version ?? '',
    evidence: decision.evidence,
    ref: decision.evidence === 'restore' ? decision.commit : '',
    promote: String(finish.promote),
    forecast: String(finish.forecast),
    drift: String(decision.drift),
    'notify-approval-requested': json(notifications['approval-requested']),
    'notify-deployed': json(notifications.deployed),
    'notify-released': json(notifications.released),
    'notify-failed': json(notifications.failed),
    nothing: decision.nothing ?? '',
  };
}

function oneLine({ nothing, stages, branch, branchKind }: Decision): string {
  if (nothing !== null) return `Nothing to do: ${nothing}`;
  const expected = stages
    .filter((stage) => stage.expected)
    .map(({ stage, reason }) => `${stage} (${reason})`);
  return `${branch} (${branchKind}): ${expected.join(', ')}`;
}

/** Each problem also stands beside its own line in the change, where GitHub shows annotations. */
function readAnnotated(file: string, { core, context }: Deps): ReadConfiguration {
  try {
    return readProject(context.workspace, file);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const { line, column, message, cure } of error.problems) {
      core.error(`${message}\n${cure}`, { title: error.code, file, startLine: line, startColumn: column });
    }
    throw error;
  }
}
