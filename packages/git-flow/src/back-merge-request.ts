// Where a merge cannot simply be pushed: a branch at the released commit and one pull request, kept up to date.
import type { Context } from '@headgate/kit/context';
import { ActionError } from '@headgate/kit/errors';
import { code, codeBlock, counted, escapeMarkdown } from '@headgate/kit/summary';
import type { FlowToken } from './app-token.js';
import type { BackMerge, PushedMerge } from './back-merge-push.js';
import type { BranchGround } from './branch-ground.js';
import { failure } from './failures.js';
import { conflictTable } from './merge-conflict.js';

export type Obstacle = Exclude<PushedMerge, { readonly kind: 'up-to-date' | 'merged' }>;

export interface BackMergeRequest {
  readonly asked: BackMerge;
  readonly obstacle: Obstacle;
  /** True for the development branch, whose back-merge has the short name. */
  readonly main: boolean;
  readonly flow: Pick<FlowToken, 'github' | 'owner'>;
  readonly context: Pick<Context, 'repository'>;
}

interface Listed {
  readonly number: number;
  readonly html_url: string;
}

/**
 * Pushes the branch and opens the pull request, or brings the open one up to date. The branch starts at the released
 * commit, so that nothing is resolved on the production branch; work that people have pushed to it stays.
 * @returns the pull request's address
 * @throws {ActionError} `branch-taken`, `back-merge-refused`, `pull-request-refused`
 */
export async function requestMerge(ground: BranchGround, request: BackMergeRequest): Promise<string> {
  const head = branchName(request);
  await pushBranch(ground, head, request.asked.source);
  const { github, owner } = request.flow;
  const { target, version } = request.asked;
  const text = { title: `Merge v${version} back into ${target}`, body: bodyOf(request, head) };
  const open = await github.paginate<Listed>('GET /repos/{owner}/{repo}/pulls', {
    head: `${request.context.repository.owner}:${head}`,
    base: target,
    state: 'open',
  });
  try {
    const [known] = open;
    if (known !== undefined) {
      const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
      await github.request(route, { pull_number: known.number, ...text });
      return known.html_url;
    }
    const route = 'POST /repos/{owner}/{repo}/pulls';
    return (await github.request<Listed>(route, { head, base: target, ...text })).data.html_url;
  } catch (error) {
    throw error instanceof ActionError ? refusedRequest(error, head, owner) : error;
  }
}

function branchName({ asked, main }: BackMergeRequest): string {
  const name = `back-merge/v${asked.version}`;
  return main ? name : `${name}-to-${asked.target.replaceAll('/', '-')}`;
}

async function pushBranch(ground: BranchGround, head: string, source: string): Promise<void> {
  const tip = await ground.tip(head);
  if (tip !== null && (await ground.git.isAncestor(source, tip))) return;
  const pushed = await ground.remote.push(source, `refs/heads/${head}`);
  if (pushed.kind === 'pushed') return;
  if (pushed.kind === 'refused') {
    const message = `the branch ${head} may not be pushed: ${pushed.reason}`;
    throw failure('back-merge-refused', message, appHint('let it push branches'));
  }
  const message = `the branch ${head} was expected to begin at ${source}; it holds other commits`;
  throw failure('branch-taken', message, `Delete the branch ${head}, then re-run this job.`);
}

function refusedRequest(error: ActionError, head: string, owner: FlowToken['owner']): ActionError {
  const message = `the branch ${head} is there, but its pull request could not be opened: ${error.message}`;
  const hint =
    owner === 'app'
      ? 'Give the App pull-requests: write, then re-run this job.'
      : `In the settings of the repository, under Actions, allow GitHub Actions to create pull requests. ${appHint('let it open them')}`;
  return failure('pull-request-refused', message, hint);
}

/** What to do where the job token is not enough. */
export function appHint(purpose: string): string {
  return `Or put app-id and app-private-key of a GitHub App into the secret FLOW_SECRETS, and ${purpose}.`;
}

/** Markdown; every name in it is escaped. */
function bodyOf(request: BackMergeRequest, head: string): string {
  const { target, version, runUrl } = request.asked;
  return [
    `v${version} is released, and ${code(target)} must contain it. ${reasonOf(request)}\n\n`,
    'Merge this pull request with a **merge commit**. A squash or a rebase loses the second parent: the same conflicts would come back with the next release.\n\n',
    request.flow.owner === 'job'
      ? 'This pull request was opened with the job token, which starts no checks: close and open it again to run them.\n\n'
      : '',
    request.obstacle.kind === 'conflict' ? resolution(head, target) : '',
    `Opened by ${runUrl}\n`,
  ].join('');
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
      return `${counted(conflict.count, 'file')} ${verb}:\n\n${conflictTable(conflict, names)}`;
    }
  }
}

function resolution(head: string, target: string): string {
  const commands = ['git fetch origin', `git switch ${head}`, `git merge origin/${target}`];
  return `To resolve it on this branch, and nowhere else:\n\n${codeBlock([...commands, '# resolve, then', 'git commit', 'git push'].join('\n'), 'sh')}\n`;
}
