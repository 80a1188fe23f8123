// Whether a run may be run again on account of a comment (source: trust.md, 'Approval' and 'Evidence').
import type { Request } from './requests.js';

/** As GitHub's REST describes a run; only what is read here. */
export interface ResumableRun {
  readonly id: number;
  readonly html_url: string;
  readonly event: string;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly path: string;
  readonly head_branch: string | null;
  readonly run_attempt: number;
  readonly created_at: string;
  readonly repository: { readonly id: number };
  readonly head_repository: { readonly id: number } | null;
}

export interface Resumption {
  /** The run that asks. */
  readonly own: ResumableRun;
  readonly request: Request;
  /** '' for the branch that the request names. */
  readonly branch: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const day = 24 * 60 * 60_000;
/** GitHub's own limits. */
const mostDays = 30;
const mostAttempts = 50;

/** The reason against it, or null. */
export function refuseResume(run: ResumableRun, { own, request, branch, now }: Resumption): string | null {
  const pushed = run.head_branch ?? '';
  if (run.head_repository?.id !== run.repository.id) return 'it came from another repository';
  if (run.repository.id !== own.repository.id) return 'it belongs to another repository';
  if (run.event !== 'push') return `it was started by ${run.event}, not by a push`;
  if (`refs/heads/${pushed}` !== request.marker.ref)
    return 'its branch is not the one that the request names';
  if (branch !== '' && pushed !== branch) return `its branch ${pushed} is not ${branch}`;
  if (withoutRef(run.path) !== withoutRef(own.path)) return `it came from the workflow ${run.path}`;
  if (run.conclusion !== 'failure') return `it ended as ${run.conclusion ?? run.status ?? 'nothing'}`;
  if (now >= Date.parse(run.created_at) + mostDays * day) return `it is older than ${mostDays} days`;
  if (run.run_attempt >= mostAttempts)
    return `it has had ${run.run_attempt} attempts, and GitHub allows ${mostAttempts}`;
  return null;
}

function withoutRef(path: string): string {
  return path.replace(/@.*$/, '');
}
