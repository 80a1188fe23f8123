// Drift in words. Names, titles and messages in it are hostile text and are escaped.
import type { Branches } from '@headgate/configuration/schema';
import { code, counted, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { AbandonedRelease } from './abandoned-releases.js';
import type { Drift } from './back-merge-drift.js';
import { lostText } from './back-merge-request.js';
import { conflictTable } from './merge-conflict.js';

export interface Findings {
  readonly branches: Branches;
  /** Null when development contains everything that production has. */
  readonly drift: Drift | null;
  readonly abandoned: readonly AbandonedRelease[];
}

export function isClean({ drift, abandoned }: Findings): boolean {
  return drift === null && abandoned.length === 0;
}

/** Markdown. The same findings give the same text, so that an issue changes only when they do. */
export function driftText(findings: Findings): string {
  const { drift, abandoned, branches } = findings;
  if (isClean(findings)) {
    const { development, production } = branches;
    return `${code(development)} contains everything that ${code(production)} has, and no release is abandoned.\n\n`;
  }
  return `${drift === null ? '' : backMergeText(drift, branches)}${abandonedText(abandoned)}`;
}

const mostChanges = 50;

function backMergeText(drift: Drift, { production, development }: Branches): string {
  const { commits, newest, tags, changes } = drift;
  const title = heading(2, `${development} lacks ${counted(commits.length, 'commit')} of ${production}`);
  const released = tags.length === 0 ? '' : `Among them ${tags.map((tag) => code(tag)).join(', ')}. `;
  const pulls = changes
    .slice(0, mostChanges)
    .map(
      ({ number, title: text, author }) =>
        `- #${number} ${escapeMarkdown(text)}, by ${escapeMarkdown(author)}\n`,
    );
  const rest = changes.length - pulls.length;
  const more = rest > 0 ? `- and ${rest} more\n` : '';
  const rows = newest.map(({ commit, author, at, subject }) => [
    code(commit.slice(0, 12)),
    escapeMarkdown(author),
    at.slice(0, 10),
    escapeMarkdown(subject.slice(0, 200)),
  ]);
  return [
    title,
    `${released}What production runs would be taken back by the next release from ${code(development)}.\n\n`,
    cureOf(drift, { production, development }),
    pulls.length === 0 ? '' : `Merged pull requests:\n\n${pulls.join('')}${more}\n`,
    table(['Commit', 'By', 'On', 'What'], rows),
    commits.length > newest.length
      ? `… and ${counted(commits.length - newest.length, 'commit')} before them\n\n`
      : '',
  ].join('');
}

function cureOf(
  drift: Drift,
  { production, development }: Pick<Branches, 'production' | 'development'>,
): string {
  const { request, lost, forecast } = drift;
  const waiting =
    request === null
      ? `Re-run the failed jobs of the last release, or open a pull request from ${code(production)} into ${code(development)} and merge it with a merge commit.\n\n`
      : `#${request.number} waits to be merged, with a merge commit.\n\n`;
  const met =
    'conflict' in forecast
      ? `It conflicts:\n\n${conflictTable(forecast.conflict, { target: development, source: production })}`
      : 'The merge is clean.\n\n';
  return `${waiting}${lostText(lost)}${met}`;
}

function abandonedText(abandoned: readonly AbandonedRelease[]): string {
  if (abandoned.length === 0) return '';
  const rows = abandoned.map(({ branch, last }) => [
    code(branch),
    last.at.slice(0, 10),
    escapeMarkdown(last.author),
  ]);
  const advice =
    'Release them or delete them: a hotfix is merged into every open release, and its number is kept for it.\n\n';
  return `${heading(2, 'Releases that nobody goes on with')}${table(['Branch', 'Last commit', 'By'], rows)}${advice}`;
}
