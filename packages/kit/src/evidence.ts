// Whether an image that another run made may stand for ours: found by key, believed only if its run passes every rule.
import { readArtifactJson } from './artifacts.js';
import type { Context } from './context.js';
import { ActionError } from './errors.js';
import {
  type EvidenceLevel,
  type LevelNames,
  levelOfBranch,
  readRun,
  refuseSource,
  type WorkflowRun,
} from './evidence-run.js';
import type { GitHub } from './github.js';
import { imageArtifactName } from './record-names.js';
import type { ImagePart } from './record-parts.js';
import { checkImage } from './record-schema.js';

export interface EvidenceQuery {
  readonly github: GitHub;
  /** The run that asks. */
  readonly context: Context;
  /** 64 hex digits, see `imageKey`. */
  readonly key: string;
  /** How far the image must be trusted; that of this run's own branch unless said. */
  readonly level?: EvidenceLevel;
  /** Branch names, when they are not the usual ones of git-flow. */
  readonly branches?: LevelNames;
}

export interface Refusal {
  readonly artifactId: number;
  readonly runId: number | null;
  readonly reason: string;
}

export interface ImageEvidence {
  readonly image: ImagePart;
  readonly artifactId: number;
  readonly runId: number;
  readonly runUrl: string;
}

export interface EvidenceAnswer {
  readonly evidence: ImageEvidence | null;
  /** Why each candidate was refused, or why none was looked for. */
  readonly refused: readonly Refusal[];
}

interface Artifact {
  readonly id: number;
  readonly expired: boolean;
  readonly workflow_run: { readonly id?: number; readonly head_branch?: string | null } | null;
}

const maxCandidates = 10;

/**
 * Looks for an accepted image of `key`, newest artifact first (trust.md, 'Evidence').
 * Having none is an answer, as is a GitHub that refuses to say: the image is then built again.
 * @throws only the reason of an aborted step.
 */
export async function findImageEvidence(query: EvidenceQuery): Promise<EvidenceAnswer> {
  const level = query.level ?? levelOfBranch(query.context.ref.replace(/^refs\/heads\//, ''), query.branches);
  if (level === 'none') return none('evidence counts for develop, release and hotfix branches only');
  try {
    return await search(query, level);
  } catch (error) {
    if (!(error instanceof ActionError) || error.code === 'cancelled') throw error;
    return none(error.message);
  }
}

async function search(query: EvidenceQuery, level: EvidenceLevel): Promise<EvidenceAnswer> {
  const { github, key } = query;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts';
  const artifacts = await github.paginate<Artifact>(route, { name: imageArtifactName(key) }, 'artifacts');
  const refused: Refusal[] = [];
  if (artifacts.length === 0) return none('no run has left an image of this key');
  const own = await readRun(github, query.context.runId);
  const newest = [...artifacts].sort((a, b) => b.id - a.id).slice(0, maxCandidates);
  for (const artifact of newest) {
    const verdict = await judge(artifact, { query, level, own });
    if (typeof verdict !== 'string') return { evidence: verdict, refused };
    refused.push({ artifactId: artifact.id, runId: artifact.workflow_run?.id ?? null, reason: verdict });
  }
  return { evidence: null, refused };
}

interface Case {
  readonly query: EvidenceQuery;
  readonly level: EvidenceLevel;
  readonly own: WorkflowRun;
}

/** The evidence, or the reason against it. */
async function judge(artifact: Artifact, { query, level, own }: Case): Promise<ImageEvidence | string> {
  const runId = artifact.workflow_run?.id;
  if (artifact.expired) return 'the artifact has expired';
  if (runId === undefined) return 'the artifact names no run';
  const run = runId === own.id ? own : await readRun(query.github, runId);
  const { github, branches } = query;
  const question = { own, level, ...(branches === undefined ? {} : { branches }) };
  return (await refuseSource(github, run, question)) ?? readImage(query, artifact.id, run);
}

async function readImage(
  { github, key }: EvidenceQuery,
  artifactId: number,
  run: WorkflowRun,
): Promise<ImageEvidence | string> {
  try {
    const image = checkImage(await readArtifactJson(github, artifactId));
    if (image.key !== key) return `it holds the image key ${image.key}`;
    if (image.reference === null) return 'its image was not published';
    if (!image.reference.endsWith(`@${image.digest}`)) return 'its reference and its digest differ';
    return { image, artifactId, runId: run.id, runUrl: run.html_url };
  } catch (error) {
    if (error instanceof ActionError && ['artifact-unreadable', 'invalid-record'].includes(error.code))
      return error.message;
    throw error;
  }
}

function none(reason: string): EvidenceAnswer {
  return { evidence: null, refused: [{ artifactId: 0, runId: null, reason }] };
}
