// Mode evidence: what a run of staging has shown for this very tree becomes the record of this run.

import { dirname } from 'node:path';
import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { RecordQuery } from '@headgate/kit/evidence-record';
import { createGit } from '@headgate/kit/git';
import type { GitHub } from '@headgate/kit/github';
import { jsonOutput } from '@headgate/kit/json-output';
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import { missingTagRules } from '@headgate/kit/tag-rules';
import { evidenceSummary } from './evidence-summary.js';
import { failure } from './failures.js';
import { findPromoted, findRestored } from './find-shown.js';
import { readGivenDecision } from './given-decision.js';
import { openHistory } from './known-history.js';
import { readMerge } from './merge-commit.js';
import { readProject } from './project.js';
import { flowOf, writeRecord } from './record-file.js';
import type { EvidenceInputs } from './release-inputs.js';
import { tagName } from './release-tag.js';
import { type Shown, unprotectedNotices } from './shown.js';

/**
 * Finds the evidence and writes the record that promotes it: images and machine images as they are, never built again.
 * @throws {ActionError} `evidence-missing`, `staging-pending`, `version-mismatch`, `not-a-merge`, `shallow-checkout`
 */
export async function evidenceRun(inputs: EvidenceInputs, deps: Deps): Promise<ActionResult> {
  const { context, core } = deps;
  const decision = await readGivenDecision(inputs.decision);
  const { branches } = readProject(context.workspace, inputs.configuration).configuration;
  const github = await deps.connectGitHub(inputs.githubToken);
  const { tree } = decision;
  const query = { github, context, tree, firstParent: context.sha, branches };
  const shown =
    decision.evidence === 'restore'
      ? await findRestored(query, decision)
      : await findOfMerge(query, { decision, branches }, { inputs, deps });
  checkLabel(decision, shown, branches);

  const record = promotedRecord(shown, decision, deps);
  const notices = [...shown.notices, ...(await tagNotices(shown, decision, github))];
  for (const notice of notices) core.notice(notice, { title: 'git-flow' });
  await core.appendSummary(evidenceSummary({ ...shown, notices }));
  const { version } = record.flow;
  core.info(`${shown.url} has shown ${tree} as ${version}: ${record.images.length} images are taken from it`);
  return {
    outputs: {
      ...writeRecord(record, {
        folder: dirname(deps.temporary),
        barrier: 'evidence',
        attempt: deps.context.runAttempt,
      }),
      version: version ?? '',
      'evidence-url': shown.url,
      notices: jsonOutput(notices),
    },
  };
}

/** Held against production as it was before the merge. */
async function findOfMerge(
  query: Omit<RecordQuery, 'firstParent'>,
  { decision, branches }: { readonly decision: Decision; readonly branches: Branches },
  { inputs, deps }: { readonly inputs: EvidenceInputs; readonly deps: Deps },
): Promise<Shown> {
  const { context, run } = deps;
  const history = await openHistory(deps, { token: inputs.githubToken, branches: [] });
  const merge = await readMerge(history, decision.commit);
  const sameTree = (await createGit(run, context.workspace).tree(merge.merged)) === decision.tree;
  const question = { decision, context, branches, merge, sameTree };
  return findPromoted({ ...query, firstParent: merge.production }, question, deps);
}

/** What staging showed is told by the tag alone once artifacts have ended, so people hear in time that it is unprotected. */
async function tagNotices(
  { record, notices }: Shown,
  { evidence }: Decision,
  github: GitHub,
): Promise<readonly string[]> {
  const { version } = record.flow;
  if (evidence !== 'promote' || version === null) return [];
  const tag = tagName(version);
  const found = unprotectedNotices({ tag, unprotected: await missingTagRules(github, tag) });
  return found.filter((notice) => !notices.includes(notice));
}

/** A pull request from release/1.1.0 is not covered by what ran as release/1.0.0. */
function checkLabel(decision: Decision, { record, url }: Shown, branches: Branches): void {
  const found = record.flow.version;
  if (decision.version === null || decision.version === found) return;
  const message = `the evidence of version ${decision.version} was expected, ${url} ran as ${found}`;
  throw failure(
    'version-mismatch',
    message,
    `Push ${branches.release}${decision.version} once more, and let its own run reach staging.`,
  );
}

function promotedRecord({ record, url }: Shown, decision: Decision, { context }: Deps): DeliveryRecord {
  const flow = { ...flowOf(decision, context), version: record.flow.version };
  const images = record.images.map((image) => ({ ...image, reusedFrom: image.reusedFrom ?? url }));
  return { ...emptyRecord(flow), images, machineImages: record.machineImages };
}
