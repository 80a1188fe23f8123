// The request as people read it: what is approved, who may approve, until when, and the line to copy.
import { code, codeBlock, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { Content } from './content.js';
import { contentText, short } from './content-text.js';
import { digitsOf } from './digits.js';
import { markerLine, type RequestMarker } from './marker.js';
import { type Group, key } from './policy.js';

export interface RequestParts {
  readonly marker: RequestMarker;
  readonly content: Content;
  readonly groups: readonly Group[];
  /** Login in lower case → why this person may not approve. */
  readonly excluded: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
  readonly runUrl: string;
}

/** A comment has 65,536 characters at most. */
const longestComment = 65_000;
/** Rows of each list; the first number with which everything fits is taken. */
const rowLimits = [40, 15, 3];

/** The whole comment, its marker first. Everything that was not written by us is escaped. */
export function requestText(parts: RequestParts): string {
  const texts = rowLimits.map((most) => textWith(parts, most));
  const text = texts.find(({ length }) => length <= longestComment) ?? textWith(parts, 0);
  // What was cut may have been cut in the middle of a character.
  return text.toWellFormed();
}

function textWith(parts: RequestParts, most: number): string {
  const { marker, content, notices } = parts;
  const title = [content.application, content.version].filter((text) => text !== '').join(' ');
  return [
    `${markerLine({ kind: 'request', request: marker })}\n`,
    heading(2, `Approval for ${content.environment}${title === '' ? '' : `: ${short(title)}`}`),
    table(['what', ''], factRows(parts)),
    contentText(content, notices, most),
    heading(3, 'Who may approve'),
    table(['group', 'approvals needed', 'may approve', 'may not approve'], groupRows(parts, most)),
    'Anybody in these groups may object, and one objection is enough.\n\n',
    'Write a new comment that begins with one of these lines. Edited comments, quotes and code do not count.\n\n',
    linesToCopy(marker.subject),
  ].join('');
}

/** Exactly what to write, to approve and to object. */
export function linesToCopy(subject: string): string {
  const digits = digitsOf(subject);
  return `To approve:\n\n${codeBlock(`/approve ${digits}`)}\nTo object:\n\n${codeBlock(`/reject ${digits} the reason`)}`;
}

function factRows({ marker, content, runUrl }: RequestParts): readonly (readonly string[])[] {
  const { subject, version, commit } = content;
  return [
    ['subject', code(digitsOf(subject))],
    ['version', version === '' ? 'none' : code(short(version))],
    ['commit', code(commit.slice(0, 12))],
    ['approve until', `${marker.deadline.slice(0, 16).replace('T', ' ')} UTC`],
    ['run', link(`run ${marker.run}`, runUrl)],
  ];
}

/** People who are asked are mentioned, so that GitHub tells them; a login has no character that means anything else. */
function groupRows({ groups, excluded }: RequestParts, most: number): readonly (readonly string[])[] {
  return groups.map(({ name, members, quorum }) => {
    const [may, mayNot] = [
      members.filter((login) => !excluded.has(key(login))).map((login) => `@${login}`),
      members
        .filter((login) => excluded.has(key(login)))
        .map((login) => `${code(login)} (${excluded.get(key(login)) ?? ''})`),
    ];
    return [escapeMarkdown(name), String(quorum), some(may, most), some(mayNot, most)];
  });
}

function some(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
