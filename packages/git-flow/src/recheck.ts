// Mode recheck: the last look before anything changes, under the environment's lock.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { ActionError, InputError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import type { DeliveryRecord } from '@headgate/kit/record';
import { checkSubject } from '@headgate/kit/subject-check';
import { checkApproval, checkFreeze } from './approval-check.js';
import { checkNotOvertaken } from './deployed-commit.js';
import { checkNewest, checkReplaced } from './deployed-version.js';
import { createHistory } from './deployments.js';
import type { RecheckInputs } from './environment-inputs.js';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';

interface Deployable {
  readonly environment: string;
  readonly decision: Decision;
  readonly record: DeliveryRecord;
}

/**
 * The last look, for all targets or in the job of one of them: there a refusal leaves the entry of that leg, which would
 * else have none.
 */
export async function recheckRun(inputs: RecheckInputs, deps: Deps): Promise<ActionResult> {
  try {
    return await lookAgain(inputs, deps);
  } catch (error) {
    if (inputs.leg === '' || !(error instanceof ActionError)) throw error;
    return { outputs: {}, entry: { stage: 'deploy', name: inputs.leg, parts: {} }, failure: error };
  }
}

/**
 * What was approved is what is there, the approval still counts, nothing is frozen, and nobody deployed a newer
 * version or commit meanwhile.
 * @throws {ActionError} `subject-mismatch`, `approval-missing`, `approval-expired`, `frozen`, `superseded`
 */
async function lookAgain(inputs: RecheckInputs, deps: Deps): Promise<ActionResult> {
  const { environment } = inputs;
  if (environment === '') {
    throw new InputError('environment', 'a name was expected, nothing was found', 'Pass the environment.');
  }
  const decision = await readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest);
  checkOrigin(record, decision, deps);
  checkBinding(inputs, record, decision);
  const at = deps.clock.now();
  checkApproval(record, { decision, environment, subject: inputs.subject, at });
  checkFreeze(decision.freeze, environment, at);
  await checkStillNewest(github, { environment, decision, record });
  deps.core.info(
    `${environment}: subject, approval, freeze windows and the deployed version looked at, all good`,
  );
  return { outputs: { subject: inputs.subject } };
}

/** Only production goes from version to version: before it, a hotfix may follow a release that is yet to come. */
async function checkStillNewest(
  github: GitHub,
  { environment, decision, record }: Deployable,
): Promise<void> {
  const { version, commit } = record.flow;
  const history = createHistory(github, environment);
  if (decision.evidence === 'restore') {
    await checkReplaced(history, decision.replaces);
    return;
  }
  if (decision.branchKind === 'production') await checkNewest(history, version);
  await checkNotOvertaken(github, history, commit);
}

/** The record must be of this very commit: every member of the subject that the decision knows too. */
function checkOrigin({ flow }: DeliveryRecord, decision: Decision, { context }: Deps): void {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['repository', flow.repository, context.repository.fullName],
    ['commit', flow.commit, decision.commit],
    ['tree', flow.tree, decision.tree],
  ];
  for (const [name, found, expected] of pairs) {
    if (found === expected) continue;
    const message = `subject: ${name} was expected as ${expected}, the record has ${found}`;
    throw failure('subject-mismatch', message, 'Re-run all jobs: the record belongs to another delivery.');
  }
}

/** Without a digest of its own, the configuration counts that the record holds: apply and deploy look again. */
function checkBinding(inputs: RecheckInputs, record: DeliveryRecord, { approval }: Decision): void {
  const { environment, subject } = inputs;
  if (subject === '') {
    if (approval === null) return;
    const message = `subject: the digest of what was approved for ${environment} was expected, nothing was found`;
    throw failure(
      'subject-mismatch',
      message,
      'Pass the output subject of the barrier that closed the plans.',
    );
  }
  const bound = record.configurations.find((part) => part.environment === environment)?.digest ?? '';
  const configurationDigest = inputs.configurationDigest === '' ? bound : inputs.configurationDigest;
  checkSubject({ approved: subject, record, environment, configurationDigest });
}
