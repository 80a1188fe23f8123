// Whether a record that a run of staging left may carry this very tree into production (trust.md, 'Evidence').
import { readArtifactJson } from './artifacts.js';
import type { Context } from './context.js';
import { ActionError } from './errors.js';
import type { Refusal } from './evidence.js';
import { type CallerChange, isSameFile, treeOf } from './evidence-commit.js';
import { type LevelNames, readRun, refuseSource, type WorkflowRun, withoutRef } from './evidence-run.js';
import type { GitHub } from './github.js';
import { type DeliveryRecord, parseRecord } from './record.js';
import { recordArtifactName } from './record-names.js';
import type { ImagePart } from './record-parts.js';

export interface RecordQuery {
  readonly github: GitHub;
  /** The run that asks. */
  readonly context: Context;
  /** The tree that is to be promoted. */
  readonly tree: string;
  /** Production as it was before: its workflow file is what runs are held against. */
  readonly firstParent: string;
  /** Prefixes of release and hotfix branches, when they are not the usual ones. */
  readonly branches: LevelNames;
}

export interface RecordEvidence {
  readonly record: DeliveryRecord;
  readonly artifactId: number;
  readonly runId: number;
  readonly runUrl: string;
  /** To be shown to whoever approves; null when the file is the same. */
  readonly callerChange: CallerChange | null;
}

export interface RecordAnswer {
  readonly evidence: RecordEvidence | null;
  /** Why each candidate was refused. */
  readonly refused: readonly Refusal[];
}

interface Artifact {
  readonly id: number;
  readonly expired: boolean;
  readonly workflow_run: { readonly id?: number } | null;
}

const maxCandidates = 10;

/**
 * Looks for the final record of a run of staging for `tree`, newest artifact first. Unlike an image, which can be
 * built again, a promotion has no other way: a GitHub that refuses to say is an error.
 * Needs `actions: read` and `contents: read`.
 * @throws {ActionError} of the GitHub calls
 */
export async function findRecordEvidence(query: RecordQuery): Promise<RecordAnswer> {
  const { github, tree, context } = query;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts';
  const artifacts = await github.paginate<Artifact>(route, { name: recordArtifactName(tree) }, 'artifacts');
  const refused: Refusal[] = [];
  if (artifacts.length === 0) return { evidence: null, refused };
  const own = await readRun(github, context.runId);
  const newest = [...artifacts].sort((a, b) => b.id - a.id).slice(0, maxCandidates);
  for (const artifact of newest) {
    const verdict = await judge(artifact, query, own);
    if (typeof verdict !== 'string') return { evidence: verdict, refused };
    refused.push({ artifactId: artifact.id, runId: artifact.workflow_run?.id ?? null, reason: verdict });
  }
  return { evidence: null, refused };
}

/** The evidence, or the reason against it. */
async function judge(
  artifact: Artifact,
  query: RecordQuery,
  own: WorkflowRun,
): Promise<RecordEvidence | string> {
  const { github, branches } = query;
  const runId = artifact.workflow_run?.id;
  if (artifact.expired) return 'the artifact has expired';
  if (runId === undefined) return 'the artifact names no run';
  const run = await readRun(github, runId);
  const problem = await refuseSource(github, run, { own, level: 'production', branches });
  if (problem !== null) return problem;
  const tree = await treeOf(github, run.head_sha);
  if (tree !== query.tree) return `its run built the tree ${tree ?? 'of a commit that is gone'}`;
  const record = await readRecord(github, artifact.id);
  if (typeof record === 'string') return record;
  const doubt = recordDoubt(record, run, query);
  if (doubt !== null) return doubt;
  const caller = { path: withoutRef(own.path), commit: run.head_sha, production: query.firstParent };
  const callerChange = (await isSameFile(github, caller)) ? null : caller;
  return { record, artifactId: artifact.id, runId: run.id, runUrl: run.html_url, callerChange };
}

async function readRecord(github: GitHub, artifactId: number): Promise<DeliveryRecord | string> {
  try {
    return parseRecord(await readArtifactJson(github, artifactId));
  } catch (error) {
    if (error instanceof ActionError && ['artifact-unreadable', 'invalid-record'].includes(error.code))
      return error.message;
    throw error;
  }
}

/** What the record says of itself must be what GitHub says of its run. */
function recordDoubt(
  { flow, images }: DeliveryRecord,
  run: WorkflowRun,
  { tree, context, branches }: RecordQuery,
): string | null {
  if (flow.tree !== tree || flow.commit !== run.head_sha) return 'its record is about another commit';
  if (flow.run.id !== run.id) return 'its record is that of another run';
  if (flow.repository.toLowerCase() !== context.repository.fullName.toLowerCase())
    return 'its record belongs to another repository';
  const branch = run.head_branch ?? '';
  const labels = [branches.release, branches.hotfix].map((prefix) => `${prefix}${flow.version}`);
  if (flow.version === null || !labels.includes(branch))
    return `its record has the version ${flow.version ?? 'none'}, its branch is ${branch}`;
  return unpublishedDoubt(images);
}

/** A digest that nobody can pull carries nothing on. */
export function unpublishedDoubt(images: readonly ImagePart[]): string | null {
  const unpublished = images.find(({ reference, digest }) => reference?.endsWith(`@${digest}`) !== true);
  return unpublished === undefined
    ? null
    : `its image ${unpublished.name} was not published under its digest`;
}
