// Does the approval in the record still count, and may anything change at this moment? Pure judgement.
import type { Decision, FreezeWindow } from '@headgate/configuration/decision';
import type { DeliveryRecord } from '@headgate/kit/record';
import { failure } from './failures.js';

export interface ApprovalQuestion {
  readonly decision: Pick<Decision, 'approval'>;
  readonly environment: string;
  /** `sha256:…` of what is about to be applied and deployed. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** @throws {ActionError} `approval-missing`, `approval-expired` */
export function checkApproval(
  record: Pick<DeliveryRecord, 'approvals'>,
  { decision, environment, subject, at }: ApprovalQuestion,
): void {
  if (decision.approval === null) return;
  const requests = record.approvals.filter((part) => part.environment === environment);
  const approved = requests.filter((part) => part.decision === 'approved' && part.subject === subject);
  const [first] = approved;
  if (first === undefined) {
    const last = requests.at(-1);
    const found =
      last === undefined
        ? 'the record holds none'
        : `the last request ended as ${last.decision}${last.subject === subject ? '' : ', for something else'}: ${last.url}`;
    const message = `an approval of ${subject} for ${environment} was expected, ${found}`;
    throw failure('approval-missing', message, 'Re-run the failed jobs: the request is made again.');
  }
  if (approved.some(({ deadline }) => at < Date.parse(deadline))) return;
  const message = `the approval for ${environment} counted until ${first.deadline}: ${first.url}`;
  throw failure('approval-expired', message, 'Re-run all jobs, and have the new request approved in time.');
}

/** @throws {ActionError} `frozen` */
export function checkFreeze(windows: readonly FreezeWindow[], environment: string, at: number): void {
  const window = windows.find(({ from, until }) => Date.parse(from) <= at && at < Date.parse(until));
  if (window === undefined) return;
  const message = `${environment} is frozen from ${window.from} until ${window.until}: ${window.reason}`;
  const hint = `Re-run the failed jobs after ${window.until}, or change \`freeze\` in headgate.yml one release before.`;
  throw failure('frozen', message, hint);
}
