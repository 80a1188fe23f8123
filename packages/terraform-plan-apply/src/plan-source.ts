// Where the plan to apply comes from, and which digest was approved: artifacts of the run, a file, the record.
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { parseEnvelope, type SealEnvelope } from '@headgate/kit/seal-envelope';
import { plansOfRecord } from '@headgate/kit/subject';
import { checkSubject } from '@headgate/kit/subject-check';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import { insideWorkspace } from './places.js';
import { type Place, planArtifactPrefix, readSealedPlan, sealedPlanName } from './sealed-plan.js';

interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly expired?: boolean;
  readonly workflow_run?: { readonly id?: number } | null;
}

/** @throws {ActionError} `plan-not-found`, `seal-unreadable`, and what GitHub answers. */
export async function fetchSealedPlan(inputs: Inputs, place: Place, deps: Deps): Promise<SealEnvelope> {
  const { file } = inputs.plan;
  if (file !== null) {
    return readSealedPlan(
      insideWorkspace(deps.context.workspace, file, { input: 'sealed-plan', kind: 'file' }),
    );
  }
  const github = await deps.connectGitHub(inputs.githubToken);
  const id = await findArtifact(github, inputs.plan.artifactId, place);
  const { readArtifactJson } = await import('@headgate/kit/artifacts');
  return parseEnvelope(await readArtifactJson(github, id, sealedPlanName));
}

/**
 * The digest of the plan file that was approved; the subject is checked on the way when it was given.
 * @throws {ActionError} `approval-mismatch`, `subject-mismatch`, `record-mismatch`
 */
export async function approvedDigest(inputs: Inputs, place: Place, deps: Deps): Promise<string> {
  const { digest, recordArtifactId, recordDigest } = inputs.plan;
  if (recordDigest === '' && digest !== null) return digest;
  const { fetchRecord } = await import('@headgate/kit/artifacts');
  const record = await fetchRecord(
    await deps.connectGitHub(inputs.githubToken),
    recordArtifactId,
    recordDigest,
  );
  const { environment } = place;
  if (inputs.subject !== '') {
    const { configurationDigest } = inputs;
    checkSubject({ approved: inputs.subject, record, environment, configurationDigest });
  }
  const found = plansOfRecord(record, environment).find(
    ({ directory, workspace }) => directory === place.directory && workspace === place.workspace,
  );
  if (found !== undefined && (digest === null || digest === found.fileDigest)) return found.fileDigest;
  const what = found === undefined ? 'none' : found.fileDigest;
  throw failure('approval-mismatch', {
    message: `a plan of ${place.directory}, workspace ${place.workspace}${digest === null ? '' : `, with digest ${digest}`} was expected in the record, ${what} was found`,
    hint: 'Run the plan job of this run again, and have its plan approved.',
  });
}

/** An artifact counts only if the run itself left it: names can be taken by anybody who may run a workflow. */
async function findArtifact(github: GitHub, artifactId: number | null, place: Place): Promise<number> {
  if (artifactId !== null) {
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}';
    const { data } = await github.request<Artifact>(route, { artifact_id: artifactId });
    if (data.workflow_run?.id === place.runId && data.expired !== true) return artifactId;
    const found =
      data.expired === true ? 'it has expired' : `it belongs to run ${data.workflow_run?.id ?? 'none'}`;
    throw notFound(`artifact ${artifactId} of run ${place.runId} was expected, ${found}`);
  }
  const prefix = planArtifactPrefix(place);
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
  const artifacts = await github.paginate<Artifact>(route, { run_id: place.runId }, 'artifacts');
  const [latest] = artifacts
    .filter(
      ({ name, expired }) =>
        name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)) && expired !== true,
    )
    .sort((a, b) => Number(b.name.slice(prefix.length)) - Number(a.name.slice(prefix.length)));
  if (latest !== undefined) return latest.id;
  throw notFound(`an artifact named ${prefix}… was expected in run ${place.runId}, none was found`);
}

function notFound(message: string): Error {
  return failure('plan-not-found', {
    message,
    hint: 'Run the plan job again with seal: true, and upload the file in its output sealed-plan.',
  });
}
