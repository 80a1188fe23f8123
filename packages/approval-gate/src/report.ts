// What a step leaves: outputs, the part of the record, and the summary of who may approve and who did.
import type { ActionResult } from '@headgate/kit/action';
import type { ActionError } from '@headgate/kit/errors';
import type { ApprovalPart, Approver } from '@headgate/kit/record-parts';
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { Content } from './content.js';
import { digitsOf } from './digits.js';
import { type Group, key } from './policy.js';
import type { Request } from './requests.js';
import type { Approval } from './verdict.js';

export interface Ending {
  readonly decision: ApprovalPart['decision'];
  readonly content: Content;
  readonly request: Request;
  readonly approvals: readonly Approval[];
  readonly failure: ActionError | null;
}

/** As the record has them. */
export function approversOf(approvals: readonly Approval[]): readonly Approver[] {
  return approvals.map(({ login, group, comment }) => ({
    login,
    group,
    at: new Date(comment.createdAt).toISOString(),
    comment: comment.url,
  }));
}

/** Outputs of a request: what `notify` and `wait` need. */
export function requestOutputs(
  content: Content,
  { comment, marker }: Request,
): Readonly<Record<string, string>> {
  return {
    url: comment.url,
    id: String(comment.id),
    deadline: marker.deadline,
    subject: content.subject,
  };
}

/** The result of `wait`: its part of the record says how it ended, also when that fails the step. */
export function resultOf({ decision, content, request, approvals, failure }: Ending): ActionResult {
  const approvers = approversOf(approvals);
  const part: ApprovalPart = {
    environment: content.environment,
    subject: content.subject,
    decision,
    url: request.comment.url,
    deadline: request.marker.deadline,
    approvers,
  };
  return {
    outputs: { ...requestOutputs(content, request), decision, approvers: JSON.stringify(approvers) },
    entry: { parts: { approvals: [part] } },
    ...(failure === null ? {} : { failure }),
  };
}

export interface Standing {
  readonly content: Content;
  readonly groups: readonly Group[];
  readonly excluded: ReadonlyMap<string, string>;
  readonly url: string;
  readonly deadline: string;
  readonly approvals: readonly Approval[];
  readonly decision: string;
}

/** The table of the job summary. */
export function summaryOf(standing: Standing): string {
  const { content, groups, excluded, approvals, decision } = standing;
  const rows = groups.map(({ name, members, quorum }) => [
    escapeMarkdown(name),
    String(quorum),
    members
      .filter((login) => !excluded.has(key(login)))
      .map(code)
      .join(', '),
    members
      .filter((login) => excluded.has(key(login)))
      .map((login) => `${code(login)} ${excluded.get(key(login)) ?? ''}`)
      .join(', '),
    approvals
      .filter(({ group }) => group === name)
      .map(({ login, comment }) => link(login, comment.url))
      .join(', '),
  ]);
  const request = standing.url === '' ? 'not asked' : link('request', standing.url);
  const until = standing.deadline === '' ? '' : `, until ${standing.deadline}`;
  return [
    heading(2, `Approval for ${content.environment}: ${decision}`),
    `Subject ${code(digitsOf(content.subject))}, ${request}${until}\n\n`,
    table(['group', 'needed', 'may approve', 'may not approve', 'approved'], rows),
  ].join('');
}
