// Whether a run has shown a tree to work in an environment: by the record that it left, never by deployment statuses.
import { readArtifactJson } from './artifacts.js';
import type { Context } from './context.js';
import { ActionError } from './errors.js';
import { isGuarded, readRun, refuseRun, type WorkflowRun } from './evidence-run.js';
import type { GitHub } from './github.js';
import { type DeliveryRecord, parseRecord } from './record.js';
import { recordArtifactName } from './record-names.js';

export interface DeployedQuery {
  readonly github: GitHub;
  /** The run that asks. */
  readonly context: Context;
  /** Commit and tree of the release. */
  readonly commit: string;
  readonly tree: string;
  readonly environment: string;
  /** Name of the production branch. */
  readonly production: string;
}

interface Artifact {
  readonly id: number;
  readonly expired: boolean;
  readonly workflow_run: { readonly id?: number } | null;
}

const maxCandidates = 10;

/**
 * Address of a run of the production branch whose record says that every target of the environment was deployed; null
 * when there is none any more. Needs `actions: read` and `contents: read`.
 * @throws {ActionError} of the GitHub calls
 */
export async function findDeployedEvidence(query: DeployedQuery): Promise<string | null> {
  const { github, tree, context } = query;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts';
  const artifacts = await github.paginate<Artifact>(route, { name: recordArtifactName(tree) }, 'artifacts');
  const alive = artifacts.filter(({ expired }) => !expired).sort((a, b) => b.id - a.id);
  if (alive.length === 0) return null;
  const own = await readRun(github, context.runId);
  for (const { id, workflow_run: source } of alive.slice(0, maxCandidates)) {
    if (source?.id === undefined) continue;
    const run = await readRun(github, source.id);
    if (await shows(query, { artifactId: id, run, own })) return run.html_url;
  }
  return null;
}

interface Candidate {
  readonly artifactId: number;
  readonly run: WorkflowRun;
  readonly own: WorkflowRun;
}

async function shows(query: DeployedQuery, { artifactId, run, own }: Candidate): Promise<boolean> {
  const { github, production, commit } = query;
  if (refuseRun(run, own) !== null || run.head_branch !== production || run.head_sha !== commit) return false;
  if (!(await isGuarded(github, production))) return false;
  const record = await readRecord(github, artifactId);
  return record !== null && record.flow.run.id === run.id && isDeployed(record, query);
}

function isDeployed({ flow, deployments }: DeliveryRecord, query: DeployedQuery): boolean {
  const { commit, tree, environment, context } = query;
  const repository = context.repository.fullName.toLowerCase();
  if (flow.commit !== commit || flow.tree !== tree || flow.repository.toLowerCase() !== repository)
    return false;
  const there = deployments.filter((part) => part.environment === environment);
  return there.length > 0 && there.every(({ outcome }) => outcome === 'deployed' || outcome === 'unchanged');
}

async function readRecord(github: GitHub, artifactId: number): Promise<DeliveryRecord | null> {
  try {
    return parseRecord(await readArtifactJson(github, artifactId));
  } catch (error) {
    if (error instanceof ActionError && ['artifact-unreadable', 'invalid-record'].includes(error.code))
      return null;
    throw error;
  }
}
