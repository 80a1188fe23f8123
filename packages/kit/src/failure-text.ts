// A failure for people, as Markdown: what failed, why, where, what to do next, and where its log is.
import { type Failure, placeText } from './failure.js';
import { code, codeBlock, details, escapeMarkdown, heading, link } from './summary.js';

export interface FailureScene {
  /** What failed, such as `images shop`. */
  readonly title: string;
  /** Address of the files of the commit, without a slash at its end. */
  readonly filesUrl: string;
  /** Address of the log. */
  readonly logUrl: string;
}

/** Everything in it is escaped, whoever wrote it. */
export function failureSection(failure: Failure, { title, filesUrl, logUrl }: FailureScene): string {
  const { code: failureCode, message, hint, excerpt } = failure;
  const place = placeText(failure);
  const text = [
    heading(3, title),
    `**${escapeMarkdown(message)}** ${code(failureCode)}\n\n`,
    ...(place === '' ? [] : [`- Where: ${link(place, placeUrl(filesUrl, failure))}\n`]),
    `- Next: ${escapeMarkdown(hint)}\n`,
    ...(logUrl === '' ? [] : [`- Log: ${link(logUrl.includes('/job/') ? 'the job' : 'the run', logUrl)}\n`]),
    '\n',
    excerpt === undefined ? '' : details('What it printed last', codeBlock(excerpt, 'text')),
  ].join('');
  // In code `<` stands as it is: a comment of ours must not be forged there.
  return text.replaceAll('<!--', '<!\u2060--');
}

/** Address of the file at the commit, at its line; '' without a file. */
export function placeUrl(filesUrl: string, { file, line }: Pick<Failure, 'file' | 'line'>): string {
  if (file === undefined || filesUrl === '' || !file.isWellFormed()) return '';
  const path = file
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${hex(mark)}`))
    .join('/');
  return `${filesUrl}/${path}${line === undefined ? '' : `#L${line}`}`;
}

function hex(mark: string): string {
  return mark.charCodeAt(0).toString(16).toUpperCase();
}
