// Where a merge cannot simply be pushed: one standing branch and one pull request, kept up to date.
import type { Context } from '@headgate/kit/context';
import { ActionError } from '@headgate/kit/errors';
import { code, codeBlock, counted, escapeMarkdown } from '@headgate/kit/summary';
import type { FlowToken } from './app-token.js';
import type { BackMerge, PushedMerge } from './back-merge-push.js';
import type { BranchGround } from './branch-ground.js';
import { failure } from './failures.js';
import { conflictTable } from './merge-conflict.js';
import { appHint, carry, type StandingState, standingBranch } from './standing-branch.js';
import { openRequest, type StandingRequest } from './standing-request.js';

export type Obstacle = Exclude<PushedMerge, { readonly kind: 'up-to-date' | 'merged' }>;

export interface BackMergeRequest {
  readonly asked: BackMerge;
  readonly obstacle: Obstacle;
  readonly flow: Pick<FlowToken, 'github' | 'owner'>;
  readonly context: Pick<Context, 'repository'>;
  /** An earlier request that was squashed into the target. */
  readonly lost: StandingRequest | null;
}

/**
 * Brings the standing branch of the target to the release, and its open pull request up to date, or opens one.
 * @returns the pull request's address
 * @throws {ActionError} `branch-taken`, `back-merge-refused`, `pull-request-refused`
 */
export async function requestMerge(ground: BranchGround, request: BackMergeRequest): Promise<string> {
  const { target, version } = request.asked;
  const head = standingBranch(target);
  const state = await carry(ground, request.asked);
  const { github, owner } = request.flow;
  const text = { title: `Merge v${version} back into ${target}`, body: bodyOf(request, state) };
  const known = await openRequest(github, { target, context: request.context });
  try {
    if (known !== null) {
      const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
      await github.request(route, { pull_number: known.number, ...text });
      return known.html_url;
    }
    const route = 'POST /repos/{owner}/{repo}/pulls';
    const { data } = await github.request<{ readonly html_url: string }>(route, {
      head,
      base: target,
      ...text,
    });
    return data.html_url;
  } catch (error) {
    throw error instanceof ActionError ? refusedRequest(error, head, owner) : error;
  }
}

function refusedRequest(error: ActionError, head: string, owner: FlowToken['owner']): ActionError {
  const message = `the branch ${head} is there, but its pull request could not be opened: ${error.message}`;
  const hint =
    owner === 'app'
      ? 'Give the App pull-requests: write, then re-run this job.'
      : `In the settings of the repository, under Actions, allow GitHub Actions to create pull requests. ${appHint('let it open them')}`;
  return failure('pull-request-refused', message, hint);
}

/** Markdown; every name in it is escaped. */
function bodyOf(request: BackMergeRequest, state: StandingState): string {
  const { target, version, runUrl } = request.asked;
  const head = standingBranch(target);
  return [
    `v${version} is released, and ${code(target)} must contain it. ${reasonOf(request)}\n\n`,
    'Merge this pull request with a **merge commit**. A squash or a rebase loses the second parent: the same conflicts would come back with the next release.\n\n',
    request.flow.owner === 'job'
      ? 'This pull request was opened with the job token, which starts no checks: close and open it again to run them.\n\n'
      : '',
    lostText(request.lost),
    state === 'behind'
      ? `The work on ${code(head)} conflicts with v${version}, so the branch does not hold it yet: merge ${code(`v${version}`)} into it.\n\n`
      : '',
    request.obstacle.kind === 'conflict' ? resolution(head, target) : '',
    `Brought up to date by ${runUrl}\n`,
  ].join('');
}

/** Said where somebody does the next merge by hand. */
export function lostText(lost: StandingRequest | null): string {
  if (lost === null) return '';
  return `#${lost.number} was merged by squash or rebase: its changes are there, the commits it carried are not, so git meets the same conflicts again. Only a merge commit ends that.\n\n`;
}

function reasonOf({ asked, obstacle }: BackMergeRequest): string {
  const { target, version } = asked;
  switch (obstacle.kind) {
    case 'refused':
      return `The merge is clean, but a rule of the branch does not let it be pushed: ${escapeMarkdown(obstacle.reason)}`;
    case 'raced':
      return 'The merge is clean, but other pushes were faster three times.';
    case 'conflict': {
      const { conflict } = obstacle;
      const verb = conflict.count === 1 ? 'conflicts' : 'conflict';
      const names = { target, source: `v${version}` };
      const tried =
        obstacle.problem === null ? '' : `They could not be made again: ${code(obstacle.problem)}\n\n`;
      return `${counted(conflict.count, 'file')} ${verb}:\n\n${conflictTable(conflict, names)}${tried}`;
    }
  }
}

function resolution(head: string, target: string): string {
  const commands = ['git fetch origin', `git switch ${head}`, `git merge origin/${target}`];
  return `To resolve it on this branch, and nowhere else:\n\n${codeBlock([...commands, '# resolve, then', 'git commit', 'git push'].join('\n'), 'sh')}\n`;
}
