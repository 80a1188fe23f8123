// Mode `request`: one comment that says what is to be approved, by whom and until when; found again by every later attempt.
import { randomBytes } from 'node:crypto';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { digitsOf } from './digits.js';
import { requireQuorum } from './eligibility.js';
import { endText } from './end-text.js';
import { failure } from './failures.js';
import { type Gate, involvedIn, isAltered, openGate } from './gate.js';
import type { GateInputs } from './inputs.js';
import type { RequestMarker } from './marker.js';
import { listedPeople, policyDigest } from './policy.js';
import { type Involved, openIssue } from './release.js';
import { requestOutputs, summaryOf } from './report.js';
import { requestText } from './request-text.js';
import { type Request, requestsIn } from './requests.js';
import { findRivals, type Rival } from './rivals.js';
import { type Comment, postComment } from './thread.js';

/**
 * Asks for approval, or finds that it was asked for already.
 * @throws {ActionError} `quorum-impossible`, `superseded`, `bot-mismatch`, and what reading the record and GitHub throw.
 */
export async function request(inputs: GateInputs, deps: Deps): Promise<ActionResult> {
  const gate = await openGate(inputs, deps);
  const standing = isOpen(gate) ? gate.request : null;
  const involved = await involvedIn(gate, standing);
  requireQuorum(inputs.policy.groups, involved.excluded, inputs.environment);
  const found = standing ?? (await ask(gate, involved));
  const { content } = gate;
  const { comment, marker } = found;
  deps.core.info(
    `approval for ${inputs.environment} is asked for at ${comment.url} until ${marker.deadline}`,
  );
  const place = { url: comment.url, deadline: marker.deadline, approvals: [], decision: 'asked for' };
  const { groups } = inputs.policy;
  await deps.core.appendSummary(summaryOf({ content, groups, excluded: involved.excluded, ...place }));
  const asked = String(standing === null);
  const outputs = { ...requestOutputs(content, found), asked, decision: 'pending', approvers: '[]' };
  return { outputs, entry: { parts: {} } };
}

/** A request that was refused, ran out, was replaced or was changed by somebody is not taken up again. */
function isOpen(gate: Gate): boolean {
  const { request: found, deps } = gate;
  if (found === null || isAltered(found, gate)) return false;
  const negative = found.end !== null && found.end !== 'approved';
  return !negative && deps.clock.now() < found.deadline;
}

async function ask(gate: Gate, involved: Involved): Promise<Request> {
  const { inputs, deps, github, surface } = gate;
  const { environment, bot } = inputs;
  const { context } = deps;
  const rivals = await findRivals(github, { context, environment, bot });
  const here = requestsIn(gate.comments, bot);
  refuseLate([...rivals.map((rival) => rival.request), ...here], gate);
  refuseAmbiguous(here, gate);
  const { number } = surface ?? (await openIssue(github, environment));
  const marker = createMarker(gate);
  const body = requestText({
    marker,
    content: gate.content,
    groups: inputs.policy.groups,
    excluded: involved.excluded,
    notices: [...inputs.notices, ...involved.notices],
    runUrl: context.runUrl,
  });
  const comment = await postComment(github, number, body);
  await requireOwn(gate, comment);
  const inThread = here
    .filter((other) => other.marker.environment === environment)
    .map((other) => ({ request: other, thread: number }));
  await endOthers(gate, [...rivals, ...inThread], comment.url);
  return { comment, marker, deadline: Date.parse(marker.deadline), end: null, parked: [] };
}

/** A newer run has asked for the same environment: what this run would bring is older. */
function refuseLate(requests: readonly Request[], { inputs, deps }: Gate): void {
  const newer = requests.find(
    ({ marker }) => marker.environment === inputs.environment && marker.run > deps.context.runId,
  );
  if (newer === undefined) return;
  throw failure('superseded', {
    message: `this run's request for ${inputs.environment} was expected to be the newest, run ${newer.marker.run} has asked since: ${newer.comment.url}`,
    hint: 'Approve the newer request; to bring an older version back, deliver it again.',
    outputs: { decision: 'superseded' },
  });
}

/** One line would approve both. Subjects of records never meet: they hold the environment. */
function refuseAmbiguous(requests: readonly Request[], { inputs, content }: Gate): void {
  const other = requests.find(
    ({ marker, end }) =>
      end === null &&
      marker.environment !== inputs.environment &&
      digitsOf(marker.subject) === digitsOf(content.subject),
  );
  if (other === undefined) return;
  throw failure('subject-ambiguous', {
    message: `a subject of its own was expected for ${inputs.environment}, the open request for ${other.marker.environment} has the same digits: ${other.comment.url}`,
    hint: 'Put the name of the environment into what `subject` is the digest of.',
  });
}

function createMarker({ inputs, deps, content }: Gate): RequestMarker {
  const { context, clock } = deps;
  return {
    run: context.runId,
    attempt: context.runAttempt,
    ref: context.ref,
    environment: inputs.environment,
    subject: content.subject,
    policy: policyDigest(inputs.policy),
    deadline: new Date(clock.now() + inputs.policy.expires).toISOString(),
    nonce: randomBytes(8).toString('hex'),
    triggeringActor: context.triggeringActor,
    people: listedPeople(inputs.policy.groups),
  };
}

/** A request under another name would never be found again, and one by a person could be that person's own. */
async function requireOwn({ inputs, github }: Gate, comment: Comment): Promise<void> {
  if (comment.bot && comment.author.toLowerCase() === inputs.bot.toLowerCase()) return;
  await github.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    comment_id: comment.id,
  });
  throw failure('bot-mismatch', {
    message: `the token was expected to write as ${inputs.bot}, it wrote as ${comment.author}`,
    hint: comment.bot
      ? `Set \`bot: ${comment.author}\`.`
      : 'Pass the job token or that of an App as github-token.',
  });
}

/** Older requests are marked as over where they stand, so that whoever waits for them ends. */
async function endOthers({ github }: Gate, rivals: readonly Rival[], url: string): Promise<void> {
  const open = new Map(
    rivals
      .filter(({ request: other }) => other.end === null)
      .map((rival) => [rival.request.marker.nonce, rival]),
  );
  for (const { request: other, thread } of open.values()) {
    await postComment(github, thread, endText(other.marker, { end: 'superseded', url }));
  }
}
