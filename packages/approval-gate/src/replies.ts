// One reply to each comment that was meant to count and did not: why, and what to write instead.
import { escapeMarkdown } from '@headgate/kit/summary';
import { markerLine } from './marker.js';
import { key } from './policy.js';
import { linesToCopy } from './request-text.js';
import { isOwn, type Request } from './requests.js';
import type { Comment } from './thread.js';
import type { Refusal } from './verdict.js';
import type { Why } from './weighing.js';

/** Replies to accounts that nobody asked, to each and in all: they must not make us write without end. */
const repliesToEach = 3;
const repliesToStrangers = 20;

const reasons: Readonly<Record<Why, string>> = {
  bot: 'comments of bots do not count',
  'not-listed': 'you are in none of the groups that were asked',
  edited: 'it was edited, and an edited comment may hold words that its author did not write',
  quoted: 'the command stands in a quote; leave an empty line after the quote, or leave the quote away',
  code: 'the command is written as code; write it without quote marks and indentation',
  hidden: 'the command stands in a hidden comment, which nobody can read',
  'not-first': 'the command is not the first line',
  'no-digits': 'the twelve digits are missing that say what is meant',
  'wrong-form': 'the first line is not one of the two below, letter by letter',
  words: 'words alone do not count; the line with the twelve digits says what is meant',
  stale: 'the twelve digits are those of something else: what is to be approved may have changed',
  excluded: 'you took part in what is to be approved',
  late: 'it came after the time was over',
};

export interface Voices {
  readonly request: Request;
  /** Login in lower case → why this person may not approve. */
  readonly excluded: ReadonlyMap<string, string>;
}

/** The reply to one comment; its marker names the comment, so that no attempt replies again. */
export function replyText({ comment, why }: Refusal, { request, excluded }: Voices): string {
  const detail = why === 'excluded' ? ` (you ${excluded.get(key(comment.author)) ?? 'took part'})` : '';
  const useless = why === 'bot' || why === 'not-listed' || why === 'late' || why === 'excluded';
  const cure = useless ? '' : `\nWrite a new comment.\n\n${linesToCopy(request.marker.subject)}`;
  const whose = `[This comment](${comment.url}) of ${escapeMarkdown(comment.author)}`;
  const marker = markerLine({ kind: 'reply', comment: comment.id });
  return `${marker}\n${whose} does not count for ${escapeMarkdown(request.marker.environment)}: ${reasons[why]}${detail}.\n${cure}`;
}

/** Those refusals that get a reply now: each comment once, and only a few for accounts that were never asked. */
export function worthAReply(
  refusals: readonly Refusal[],
  comments: readonly Comment[],
  { bot, replied }: { readonly bot: string; readonly replied: ReadonlySet<number> },
): readonly Refusal[] {
  const authors = new Map(comments.map(({ id, author }) => [id, key(author)]));
  const spent = new Map<string, number>();
  for (const id of replied) {
    const author = authors.get(id);
    if (author !== undefined) spent.set(author, (spent.get(author) ?? 0) + 1);
  }
  return refusals.filter(({ comment, why }) => {
    if (isOwn(comment, bot)) return false;
    if (why !== 'bot' && why !== 'not-listed') return true;
    const used = spent.get(key(comment.author)) ?? 0;
    const all = [...spent.values()].reduce((sum, number) => sum + number, 0);
    if (used >= repliesToEach || all >= repliesToStrangers) return false;
    spent.set(key(comment.author), used + 1);
    return true;
  });
}
