// Mode evidence: what a run of staging has shown for this very tree becomes the record of this run.

import { dirname } from 'node:path';
import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { CallerChange } from '@headgate/kit/evidence-commit';
import { findRecordEvidence, type RecordEvidence, type RecordQuery } from '@headgate/kit/evidence-record';
import { createGit } from '@headgate/kit/git';
import { jsonOutput } from '@headgate/kit/json-output';
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import { evidenceSummary } from './evidence-summary.js';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';
import { readMerge } from './merge-commit.js';
import { readProject } from './project.js';
import { flowOf, writeRecord } from './record-file.js';
import type { EvidenceInputs } from './release-inputs.js';
import { explainMissing, findActiveRun, type StagingQuestion } from './staging.js';
import { untilEnded } from './staging-wait.js';

/**
 * Finds the evidence and writes the record that promotes it: images and machine images as they are, never built again.
 * @throws {ActionError} `evidence-missing`, `staging-pending`, `version-mismatch`, `not-a-merge`, `shallow-checkout`
 */
export async function evidenceRun(inputs: EvidenceInputs, deps: Deps): Promise<ActionResult> {
  const { context, core, run } = deps;
  const decision = readGivenDecision(inputs.decision);
  const { branches } = readProject(context.workspace, inputs.configuration).configuration;
  const git = createGit(run, context.workspace);
  const merge = await readMerge(git, decision.commit);
  const github = await deps.connectGitHub(inputs.githubToken);

  const { tree } = decision;
  const query = { github, context, tree, firstParent: merge.production, branches };
  const sameTree = (await git.tree(merge.merged)) === tree;
  const evidence = await findOrExplain(query, { decision, context, branches, merge, sameTree }, deps);
  checkLabel(decision, evidence, branches);

  const record = promotedRecord(evidence, decision, deps);
  const notices = evidence.callerChange === null ? [] : [changeNotice(evidence.callerChange, deps)];
  for (const notice of notices) core.notice(notice, { title: 'git-flow' });
  await core.appendSummary(evidenceSummary(evidence, notices));
  const { version } = record.flow;
  core.info(
    `${evidence.runUrl} has shown ${tree} as ${version}: ${record.images.length} images are taken from it`,
  );
  return {
    outputs: {
      ...writeRecord(record, dirname(deps.temporary), 'evidence'),
      version: version ?? '',
      'evidence-url': evidence.runUrl,
      notices: jsonOutput(notices),
    },
  };
}

/** @throws {ActionError} `evidence-missing`, `staging-pending` */
async function findOrExplain(
  query: RecordQuery,
  question: Omit<StagingQuestion, 'refused'>,
  deps: Deps,
): Promise<RecordEvidence> {
  const { github, context } = query;
  const first = await findRecordEvidence(query);
  if (first.evidence !== null) return first.evidence;
  const active = await findActiveRun(github, question);
  const { refused } = first;
  // At the first attempt it fails at once: nobody knows how long staging takes. A later one was asked for by its last job.
  if (active === null || context.runAttempt === 1)
    throw await explainMissing(github, { ...question, refused }, active);
  await untilEnded(github, active.id, deps);
  const second = await findRecordEvidence(query);
  if (second.evidence !== null) return second.evidence;
  const still = await findActiveRun(github, question);
  throw await explainMissing(github, { ...question, refused: second.refused }, still);
}

/** A pull request from release/1.1.0 is not covered by what ran as release/1.0.0. */
function checkLabel(decision: Decision, { record, runUrl }: RecordEvidence, branches: Branches): void {
  const found = record.flow.version;
  if (decision.version === null || decision.version === found) return;
  const message = `the evidence of version ${decision.version} was expected, ${runUrl} ran as ${found}`;
  throw failure(
    'version-mismatch',
    message,
    `Push ${branches.release}${decision.version} once more, and let its own run reach staging.`,
  );
}

function promotedRecord(
  { record, runUrl }: RecordEvidence,
  decision: Decision,
  { context }: Deps,
): DeliveryRecord {
  const flow = { ...flowOf(decision, context), version: record.flow.version };
  const images = record.images.map((image) => ({ ...image, reusedFrom: image.reusedFrom ?? runUrl }));
  return { ...emptyRecord(flow), images, machineImages: record.machineImages };
}

function changeNotice({ path, commit, production }: CallerChange, { context }: Deps): string {
  const { serverUrl, repository } = context;
  const address = `${serverUrl}/${repository.fullName}/compare/${production}...${commit}`;
  return `${path} at ${commit.slice(0, 12)}, with which staging ran, is not that of production before the merge: ${address}`;
}
