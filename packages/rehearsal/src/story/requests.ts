// Requests for approval as people find them: the newest text of the workflow's bot with a line to copy.
import type { Person } from '../github/social.js';
import { readList } from './github-list.js';
import { StoryError } from './story-error.js';

/** A request somebody can answer. */
export interface ApprovalRequest {
  /** Number of the pull request or issue it stands on. */
  readonly number: number;
  /** Twelve hex digits of what is to be approved. */
  readonly subject: string;
  /** The line to copy. */
  readonly approveLine: string;
  /** False: it is the text of an issue; true: a comment. */
  readonly inThread: boolean;
}

/** What the workflow's bot wrote. */
interface Words {
  readonly number: number;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  readonly inThread: boolean;
}

interface Listed {
  readonly number: number;
  readonly body?: string | null;
  readonly created_at: string;
  readonly user: { readonly login: string } | null;
}

const workflowBot = 'github-actions[bot]';
const lineToCopy = /\/approve ([0-9a-f]{12})\b/;

/** The newest request on any issue or pull request; null when there is none. */
export async function newestRequest(reader: Person, repository: string): Promise<ApprovalRequest | null> {
  const issues = await readList<Listed>(reader, `/repos/${repository}/issues?state=all`);
  const words = (await Promise.all(issues.map((issue) => botWords(reader, repository, issue)))).flat();
  const requests = words.filter(({ text }) => lineToCopy.test(text)).sort(byTime);
  const newest = requests.at(-1);
  const [approveLine, subject] = lineToCopy.exec(newest?.text ?? '') ?? [];
  if (newest === undefined || approveLine === undefined || subject === undefined) return null;
  const { number } = newest;
  const inThread = !words.some(
    (each) => each.number === number && !each.inThread && lineToCopy.test(each.text),
  );
  return { number, subject, approveLine, inThread };
}

/** What the workflow's bot wrote below the newest request as people see it, oldest first: not the request itself. */
export async function repliesOf(reader: Person, repository: string): Promise<readonly string[]> {
  const request = await newestRequest(reader, repository);
  if (request === null) throw noRequest();
  const path = `/repos/${repository}/issues/${request.number}/comments`;
  const texts = (await readList<Listed>(reader, path)).filter(isBots).map(({ body }) => body ?? '');
  const isRequest = (text: string): boolean => lineToCopy.exec(text)?.[1] === request.subject;
  const from = request.inThread ? texts.findIndex(isRequest) + 1 : 0;
  return texts.slice(from).map(visible);
}

function visible(text: string): string {
  return text.replace(/<!--.*?-->/gs, '').trim();
}

/** What the workflow's bot wrote on a pull request or issue as people see it, oldest first. */
export async function commentsOf(
  reader: Person,
  repository: string,
  number: number,
): Promise<readonly string[]> {
  const path = `/repos/${repository}/issues/${number}/comments`;
  return (await readList<Listed>(reader, path)).filter(isBots).map(({ body }) => visible(body ?? ''));
}

/** `{approve-line}` and `{subject}` become what the request says. @throws {StoryError} without one */
export function fillPlaceholders(text: string, request: ApprovalRequest | null): string {
  return text.replaceAll(/\{(approve-line|subject)\}/g, (_, name: string) => {
    if (request === null) throw noRequest();
    return name === 'subject' ? request.subject : request.approveLine;
  });
}

export function noRequest(): StoryError {
  return new StoryError({
    code: 'no-request',
    message: 'no request for approval is open',
    hint: 'Let an earlier step wait for the job that asks for one: wait-for: {job: "*wait*"}.',
  });
}

async function botWords(reader: Person, repository: string, issue: Listed): Promise<readonly Words[]> {
  const path = `/repos/${repository}/issues/${issue.number}/comments`;
  const written = [issue, ...(await readList<Listed>(reader, path))];
  return written.filter(isBots).map((each) => {
    const { body, created_at: at } = each;
    return { number: issue.number, text: body ?? '', at, inThread: each !== issue };
  });
}

function isBots({ user }: Listed): boolean {
  return user?.login === workflowBot;
}

function byTime(one: Words, other: Words): number {
  return one.at.localeCompare(other.at);
}
