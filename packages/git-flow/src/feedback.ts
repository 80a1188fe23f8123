// Mode feedback: what failed in this run, for the pull request it is about and for those who want a notice.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Failure } from '@headgate/kit/failure';
import { failureSection } from '@headgate/kit/failure-text';
import { tellPullRequest } from '@headgate/kit/feedback';
import type { GitHub } from '@headgate/kit/github';
import { jsonOutput } from '@headgate/kit/json-output';
import type { Entry } from '@headgate/kit/record';
import { chooseEntries } from '@headgate/kit/record-merge';
import { readFailure } from '@headgate/kit/record-schema';
import { readEntries } from './entries.js';
import { type FailedLeg, failedLegs, isOrderlyEnd } from './failed-legs.js';
import { failureNotice } from './failure-notice.js';
import type { FeedbackInputs } from './feedback-inputs.js';
import { readGivenDecision } from './given-decision.js';
import { findLogs } from './job-logs.js';
import { legsUntil } from './wanted-legs.js';

/** Informs, and never fails because of what it cannot learn. */
export async function feedbackRun(inputs: FeedbackInputs, deps: Deps): Promise<ActionResult> {
  const { core, context } = deps;
  const decision = inputs.decision === '' ? null : await readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const chosen = decision === null ? [] : await entriesOf(decision, github, deps);
  const verdict = failureIn(inputs.failure);
  const found = failedLegs({ chosen, needs: inputs.needs, handedOn: handedOn(inputs), verdict });
  const logOf = await findLogs(github, context);
  const filesUrl = `${context.serverUrl}/${context.repository.fullName}/blob/${context.sha}`;
  const links = (failed: FailedLeg): { filesUrl: string; logUrl: string } => ({
    filesUrl,
    logUrl: logOf(failed.job),
  });
  if (inputs.comment) {
    const sections = found.map(
      (each) =>
        [each.leg, failureSection(each.failure, { title: `${each.title} failed`, ...links(each) })] as const,
    );
    await core.appendSummary(sections.map(([, text]) => text).join(''));
    const changes = found.length > 0 || isPassed(inputs, decision, verdict);
    if (changes) await tellPullRequest(deps, inputs.githubToken, () => new Map(sections));
  }
  for (const { title, failure } of found) core.info(`${title} failed: ${failure.code}`);
  if (isOrderlyEnd(found, decision?.evidence === 'restore')) return { outputs: { notice: '' } };
  const data = decision?.notifications.failed?.['data'];
  return { outputs: { notice: jsonOutput(failureNotice(found, { data, links })) } };
}

/** Only a run that did its work, all of it, has shown that what failed before passes. */
function isPassed({ needs }: FeedbackInputs, decision: Decision | null, verdict: Failure | null): boolean {
  const isWhole = ![...needs.values()].includes('cancelled');
  return isWhole && verdict === null && decision !== null && decision.nothing === null;
}

async function entriesOf(decision: Decision, github: GitHub, deps: Deps): Promise<readonly Entry[]> {
  const { attempt: firstAttempt, shownPlans } = decision;
  const legs = [...legsUntil(decision, 'result'), ...shownPlans];
  try {
    return chooseEntries(await readEntries(github, { runId: deps.context.runId, legs, firstAttempt }));
  } catch (error) {
    deps.signal.throwIfAborted();
    deps.core.warning(`The entries of this run cannot be read: ${String(error)}`);
    return [];
  }
}

function handedOn({ handedOn: texts }: FeedbackInputs): ReadonlyMap<string, Failure> {
  return new Map(
    [...texts].flatMap(([job, text]) => {
      const failure = failureIn(text);
      return failure === null ? [] : [[job, failure] as const];
    }),
  );
}

/** Null for '' and for what no action of ours writes. */
function failureIn(text: string): Failure | null {
  try {
    return text === '' ? null : readFailure(JSON.parse(text));
  } catch {
    return null;
  }
}
