// Who was asked, who approved what, and how it ended.
import type { ApprovalPart, Approver } from '@headgate/kit/record-parts';
import type { StoryResult } from '../story/result.js';
import { recordsOf } from './chain.js';
import { dataTable, digestCode, type Html, html, nothing } from './html.js';

export function approvals(result: StoryResult): Html {
  const parts = recordsOf(result).flatMap((record) => record.approvals);
  // Each delivery's record repeats what its run was told before.
  const once = new Map(parts.map((part) => [`${part.environment}\n${part.url}\n${part.subject}`, part]));
  if (once.size === 0) return nothing;
  return html`${[...once.values()].map(approval)}`;
}

function approval({ environment, subject, decision, deadline, approvers }: ApprovalPart): Html {
  const tone = decision === 'approved' ? 'good' : decision === 'pending' ? 'rest' : 'bad';
  const columns = [{ title: 'approver' }, { title: 'group' }, { title: 'at (UTC)' }, { title: 'said' }];
  return html`<h3>${environment}: <span class="${tone}">${decision}</span></h3>
<p class="soft">Subject ${digestCode(subject)}, valid until ${timeOf(deadline)}</p>
${approvers.length === 0 ? html`<p>Nobody approved.</p>` : dataTable(columns, approvers.map(cells))}`;
}

function cells({ login, group, at, comment }: Approver): readonly string[] {
  return [login, group, timeOf(at), comment];
}

/** `2026-11-21 08:40:05` of an ISO 8601 time; anything else as it is. */
export function timeOf(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*$/, '$1 $2');
}
