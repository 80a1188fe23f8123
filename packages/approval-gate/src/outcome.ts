// How waiting ended: the decision, by whom, and what is to be said about it.
import type { ActionError } from '@headgate/kit/errors';
import type { ApprovalPart } from '@headgate/kit/record-parts';
import type { EndNews } from './end-text.js';
import type { Request } from './requests.js';
import type { Approval, Verdict } from './verdict.js';

export interface Outcome {
  readonly decision: ApprovalPart['decision'];
  readonly request: Request;
  readonly approvals: readonly Approval[];
  /** Who objected, or the address of what took the request's place. */
  readonly by: string | null;
  /** What is to be said in the thread; null for nothing. */
  readonly news: EndNews | null;
  readonly error: ActionError | null;
}

/** The request and its thread as one reading shows them. */
export interface View {
  readonly verdict: Verdict;
  readonly request: Request;
}

export function outcomeOf({ verdict, request }: View): Outcome {
  const { decision } = verdict;
  const base = { request, approvals: [], by: null, news: null, error: null };
  switch (decision.kind) {
    case 'approved':
      return {
        ...base,
        decision: 'approved',
        approvals: decision.approvals,
        news: { end: 'approved', approvals: decision.approvals },
      };
    case 'waiting':
      return { ...base, decision: 'pending', approvals: decision.approvals };
    case 'rejected':
      return {
        ...base,
        decision: 'rejected',
        by: decision.by?.login ?? null,
        news: { end: 'rejected', by: decision.by },
      };
    case 'superseded':
      return {
        ...base,
        decision: 'superseded',
        by: decision.by,
        news: { end: 'superseded', url: decision.by },
      };
    case 'timed-out':
      return { ...base, decision: 'timed-out', news: { end: 'timed-out' } };
  }
}
