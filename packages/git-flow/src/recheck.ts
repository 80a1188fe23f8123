// Mode recheck: the last look before anything changes, under the environment's lock.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import type { DeliveryRecord } from '@headgate/kit/record';
import { checkSubject } from '@headgate/kit/subject-check';
import { checkApproval, checkFreeze } from './approval-check.js';
import { checkNewest } from './deployed-version.js';
import type { RecheckInputs } from './environment-inputs.js';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';

/**
 * What was approved is what is there, the approval still counts, nothing is frozen, and nobody deployed a newer
 * version meanwhile.
 * @throws {ActionError} `subject-mismatch`, `approval-missing`, `approval-expired`, `frozen`, `superseded`
 */
export async function recheckRun(inputs: RecheckInputs, deps: Deps): Promise<ActionResult> {
  const { environment } = inputs;
  if (environment === '') {
    throw new InputError('environment', 'a name was expected, nothing was found', 'Pass the environment.');
  }
  const decision = readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest);
  checkOrigin(record, decision, deps);
  checkBinding(inputs, record, decision);
  const at = deps.clock.now();
  checkApproval(record, { decision, environment, subject: inputs.subject, at });
  checkFreeze(decision.freeze, environment, at);
  await checkNewest(github, { environment, version: record.flow.version });
  deps.core.info(
    `${environment}: subject, approval, freeze windows and the deployed version looked at, all good`,
  );
  return { outputs: { subject: inputs.subject } };
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
