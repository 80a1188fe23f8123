// Which evidence shows what goes out: a run of staging for the very tree, or the tag of its release.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Decision } from '@headgate/configuration/decision';
import type { Deps } from '@headgate/kit/deps';
import type { Refusal } from '@headgate/kit/evidence';
import { findRecordEvidence, type RecordQuery } from '@headgate/kit/evidence-record';
import { findTagEvidence } from '@headgate/kit/evidence-tag';
import { failure } from './failures.js';
import { mergedBranch } from './merged-branch.js';
import { tagName } from './release-tag.js';
import { type Shown, shownByRun, shownByTag } from './shown.js';
import { explainMissing, findActiveRun, type OpenQuestion } from './staging.js';
import { untilEnded } from './staging-wait.js';

/** @throws {ActionError} `evidence-missing`, `staging-pending` */
export async function findPromoted(query: RecordQuery, question: OpenQuestion, deps: Deps): Promise<Shown> {
  const { github, context } = query;
  const first = await shownInStaging(query);
  if (first.shown !== null) return first.shown;
  const byTag = await shownByOwnTag(query, question);
  if (typeof byTag !== 'string') return byTag;
  const active = await findActiveRun(github, question);
  const { refused } = first;
  // At the first attempt it fails at once: nobody knows how long staging takes. A later one was asked for by its last job.
  if (active === null || context.runAttempt === 1)
    throw await explainMissing(github, { ...question, refused, byTag }, active);
  await untilEnded(github, active.id, deps);
  const second = await shownInStaging(query);
  if (second.shown !== null) return second.shown;
  const still = await findActiveRun(github, question);
  throw await explainMissing(github, { ...question, refused: second.refused, byTag }, still);
}

async function shownInStaging(
  query: RecordQuery,
): Promise<{ readonly shown: Shown | null; readonly refused: readonly Refusal[] }> {
  const { evidence, refused } = await findRecordEvidence(query);
  const { serverUrl, repository } = query.context;
  const shown = evidence === null ? null : shownByRun(evidence, `${serverUrl}/${repository.fullName}`);
  return { shown, refused };
}

/**
 * Of a run that is repeated when the artifacts of staging have ended: it has set the tag itself.
 */
async function shownByOwnTag(
  { github, context, tree }: RecordQuery,
  { decision, branches }: OpenQuestion,
): Promise<Shown | string> {
  if (decision.evidence !== 'promote') return 'only production has a tag';
  const merged = await mergedBranch(github, { commit: decision.commit, base: branches.production });
  const version = merged === null ? null : classifyBranch(merged, branches).label;
  if (version === null) return 'the merged branch names no version';
  return shownByRelease({ github, context, tree }, { version, approval: decision.approval });
}

interface Released {
  readonly version: string;
  readonly approval: Decision['approval'];
}

/** An unprotected tag counts only where people are asked, who are told. */
async function shownByRelease(
  { github, context, tree }: Pick<RecordQuery, 'github' | 'context' | 'tree'>,
  { version, approval }: Released,
): Promise<Shown | string> {
  const query = { github, repository: context.repository.fullName, tag: tagName(version) };
  const evidence = await findTagEvidence(query);
  if (typeof evidence === 'string') return evidence;
  if (evidence.tree !== tree) return `the tag ${evidence.tag} is on another tree`;
  if (evidence.unprotected.length > 0 && approval === null)
    return `the tag ${evidence.tag} is unprotected, and nobody is asked`;
  return shownByTag(evidence);
}

/** Of a release that is there already. @throws {ActionError} `evidence-missing` */
export async function findRestored(query: RecordQuery, decision: Decision): Promise<Shown> {
  const { shown, refused } = await shownInStaging(query);
  if (shown !== null) return shown;
  const { version, approval, tree } = decision;
  const byTag = await shownByRelease(query, { version: version ?? '', approval });
  if (typeof byTag !== 'string') return byTag;
  const reasons = [...refused.map(({ runId, reason }) => `run ${runId ?? 'unknown'}: ${reason}`), byTag];
  const message = `evidence was expected for the tree ${tree} of ${version ?? 'no version'}; ${reasons.join('; ')}`;
  const hint = `Give a version whose tag a ruleset protects, or deliver ${version ?? 'it'} again as a new release.`;
  throw failure('evidence-missing', message, hint);
}
