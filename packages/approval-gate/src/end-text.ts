// What is said in the thread when a request ends, or when the run stops waiting for a while.
import { escapeMarkdown, link } from '@headgate/kit/summary';
import { digitsOf } from './digits.js';
import { markerLine, type RequestMarker } from './marker.js';
import type { Approval, Vote } from './verdict.js';

export type EndNews =
  | { readonly end: 'approved'; readonly approvals: readonly Approval[] }
  | { readonly end: 'rejected'; readonly by: Vote | null }
  | { readonly end: 'timed-out' }
  | { readonly end: 'superseded'; readonly url: string | null };

/** A comment that ends a request; its marker keeps another attempt from saying it again. */
export function endText(marker: RequestMarker, news: EndNews): string {
  const line = markerLine({ kind: 'end', nonce: marker.nonce, end: news.end });
  const what = `${escapeMarkdown(marker.environment)}, subject \`${digitsOf(marker.subject)}\``;
  return `${line}\n${sentence(what, news)}\n`;
}

function sentence(what: string, news: EndNews): string {
  switch (news.end) {
    case 'approved': {
      const people = news.approvals.map(
        ({ login, group, comment }) => `${link(login, comment.url)} for ${escapeMarkdown(group)}`,
      );
      return `**Approved**: ${what}. ${people.join(', ')}.`;
    }
    case 'rejected':
      return `**Rejected**: ${what}.${news.by === null ? '' : ` ${link(news.by.login, news.by.comment.url)} objects.`} Re-running all jobs of the run asks anew.`;
    case 'timed-out':
      return `**Timed out**: ${what}. The time was over before enough people had approved; nobody decided. Re-running all jobs of the run asks anew.`;
    case 'superseded':
      return `**Superseded**: ${what}.${news.url === null ? '' : ` ${link('A newer request', news.url)} took its place.`} Approvals given here do not count for it.`;
  }
}

/** Says that the run has ended without a decision, and what makes it go on. */
export function parkedText({ nonce, deadline }: RequestMarker, attempt: number): string {
  const line = markerLine({ kind: 'parked', nonce, attempt });
  const until = deadline.slice(0, 16).replace('T', ' ');
  return `${line}\nThe run has stopped waiting, so as to hold no runner. The request stands until ${until} UTC: a comment that begins with \`/approve\` or \`/reject\` makes the run go on.\n`;
}
