// One comment on a pull request that tells what failed, leg by leg, and says so when it has passed.
import type { Context } from './context.js';
import type { GitHub } from './github.js';
import { sha256OfText } from './sha256.js';
import { type CommentChange, findStickyComment, writeStickyComment } from './sticky-comment.js';
import { code, link } from './summary.js';

export interface CommentPlace {
  /** Number of the pull request. */
  readonly issue: number;
  /** One comment a workflow: runs of one workflow follow each other, those of several do not. */
  readonly name: string;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string };
  readonly commit: string;
}

/** 12 hex digits of a leg → its Markdown, as `failureSection` makes it. */
export type Sections = ReadonlyMap<string, string>;

/** Null with the reason when this run is about no pull request, or its token can only read. */
export function commentPlace(context: Context): {
  readonly place: CommentPlace | null;
  readonly why: string;
} {
  const { event, eventName, repository, runId, runAttempt, runUrl, sha } = context;
  const pull = event['pull_request'] as
    | { number?: unknown; head?: { sha?: unknown; repo?: { full_name?: unknown } | null } }
    | undefined;
  const issue = Number(pull?.number);
  if (!eventName.startsWith('pull_request') || !Number.isSafeInteger(issue) || issue < 1)
    return { place: null, why: 'this run is about no pull request' };
  if (pull?.head?.repo?.full_name !== repository.fullName)
    return { place: null, why: 'the token of a run for a fork can only read' };
  const name = `failures ${sha256OfText(context.workflowRef.split('@')[0] ?? '').slice(0, 12)}`;
  const run = { id: runId, attempt: runAttempt, url: runUrl };
  const commit = typeof pull.head.sha === 'string' ? pull.head.sha : sha;
  return { place: { issue, name, run, commit }, why: '' };
}

/**
 * Changes what the comment says. Without a comment and without anything to say none is written; what a newer run has
 * written stays.
 */
export async function updateFailureComment(
  github: GitHub,
  place: CommentPlace,
  change: (before: Sections) => Sections,
): Promise<CommentChange | 'absent' | 'newer'> {
  const found = await findStickyComment(github, place);
  const before = readState(found?.body ?? '');
  const { id, attempt } = place.run;
  if (before.id > id || (before.id === id && before.attempt > attempt)) return 'newer';
  const sections = change(before.sections);
  if (sections.size === 0 && found === null) return 'absent';
  // What is resolved stays as it was said then.
  if (sections.size === 0 && before.sections.size === 0) return 'unchanged';
  return writeStickyComment(github, { ...place, body: bodyOf(sections, place) }, found);
}

interface State {
  readonly id: number;
  readonly attempt: number;
  readonly sections: Sections;
}

const legMark = /^<!-- headgate-leg ([0-9a-f]{12}) -->$/m;
const endMark = '<!-- headgate-end -->';
/** Characters for all sections; the rest of GitHub's limit is for what stands around them. */
const room = 60_000;

function bodyOf(sections: Sections, { run, commit }: CommentPlace): string {
  const by = `${link(`run ${run.id}`, `${run.url}/attempts/${run.attempt}`)} of ${code(commit.slice(0, 12))}`;
  const state = `<!-- headgate-run ${run.id}.${run.attempt} -->`;
  if (sections.size === 0)
    return `${state}\n${endMark}\n**Resolved**: what had failed here has passed in ${by}.\n`;
  const shown: string[] = [];
  let used = 0;
  for (const [leg, text] of [...sections].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const block = `<!-- headgate-leg ${leg} -->\n${text.trim()}\n\n`;
    used += block.length;
    if (used <= room) shown.push(block);
  }
  const missing = sections.size - shown.length;
  const more = missing === 0 ? '' : `${missing} more failed: see the run.\n\n`;
  return `${state}\n${shown.join('')}${endMark}\n${more}Last told by ${by}.\n`;
}

/** What `bodyOf` wrote; nothing for any other text. */
function readState(body: string): State {
  const [, id = '0', attempt = '0'] = /^<!-- headgate-run (\d{1,15})\.(\d{1,6}) -->$/m.exec(body) ?? [];
  const [told = ''] = body.replaceAll('\r\n', '\n').split(endMark);
  const [, ...parts] = told.split(legMark);
  const sections = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2)
    sections.set(parts[at] ?? '', (parts[at + 1] ?? '').trim());
  return { id: Number(id), attempt: Number(attempt), sections };
}
