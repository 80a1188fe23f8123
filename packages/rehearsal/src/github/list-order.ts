// The order and the times by which lists are asked for.
import type { IssueState } from './records.js';
import { HttpProblem } from './reply.js';

const keys: Readonly<Record<string, (issue: IssueState) => number>> = {
  created: (issue) => issue.number,
  updated: (issue) => issue.updatedAt,
};

/** Issues or pull requests by `sort`, falling unless `direction` is `asc`. */
export function inListOrder<T>(
  items: readonly T[],
  asked: { readonly sort: string | undefined; readonly direction: string | undefined },
  issueOf: (item: T) => IssueState,
): readonly T[] {
  const { sort = 'created', direction } = asked;
  const key = keys[sort];
  if (key === undefined) throw new HttpProblem(422, `The double does not sort by ${sort}.`);
  const rising = items.toSorted(
    (a, b) => key(issueOf(a)) - key(issueOf(b)) || issueOf(a).number - issueOf(b).number,
  );
  return direction === 'asc' ? rising : rising.toReversed();
}

const timeOf = (text: string): number => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new HttpProblem(422, `Not a date: ${text}`);
  return time;
};

/** A whole day where no hour is named. */
const endOf = (text: string): number => timeOf(text) + (text.includes('T') ? 999 : 24 * 3_600_000 - 1);

/**
 * Whether a time fits a search's range: `>=T`, `>T`, `<=T`, `<T`, `T..T`, `T`.
 * Source: https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
 */
export function fitsRange(time: number, range: string): boolean {
  const between = /^(.+)\.\.(.+)$/u.exec(range);
  if (between !== null) {
    const [, from = '', to = ''] = between;
    return (from === '*' || time >= timeOf(from)) && (to === '*' || time <= endOf(to));
  }
  const [, sign = '', text = ''] = /^([<>]=?)?(.*)$/u.exec(range) ?? [];
  if (sign === '>=') return time >= timeOf(text);
  if (sign === '>') return time > endOf(text);
  if (sign === '<=') return time <= endOf(text);
  if (sign === '<') return time < timeOf(text);
  return time >= timeOf(text) && time <= endOf(text);
}
