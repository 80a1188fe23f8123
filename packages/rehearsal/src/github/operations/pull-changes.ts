// Operations that open and change pull requests.
import { isMerged } from '../git-merging.js';
import { resolveObject } from '../git-reading.js';
import { flagOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { Json } from '../present/forms.js';
import type { PullRecord } from '../present/pull.js';
import { closePull, raisePull } from '../pull-following.js';
import { openPulls, refreshMerge } from '../pull-merge-ref.js';
import type { PullState } from '../records.js';
import { created, HttpProblem, invalid, ok } from '../reply.js';
import { findRepository, inOrder, type RepositoryState } from '../state.js';
import { actorOf, mayEdit, newIssue } from './issue-changes.js';
import { pullNamed, shownPull } from './pulls.js';

/** `branch`, or `owner:branch` of a fork. */
function headOf(call: RepositoryCall, head: string): { repository: RepositoryState; branch: string } {
  const [owner = '', ...rest] = head.split(':');
  const { owner: own, name } = call.repository.settings;
  if (rest.length === 0) return { repository: call.repository, branch: head };
  const branch = rest.join(':');
  if (owner.toLowerCase() === own.toLowerCase()) return { repository: call.repository, branch };
  const fork = findRepository(call.state, `${owner}/${name}`);
  if (fork?.forkOf !== call.repository.fullName)
    throw invalid('PullRequest', 'head is not a branch of a fork', 'head');
  return { repository: fork, branch };
}

async function newPull(call: RepositoryCall): Promise<PullState> {
  const { repository, body } = call;
  const head = headOf(call, textOf(body, 'head') ?? '');
  const base = textOf(body, 'base') ?? '';
  const headSha = await resolveObject(head.repository.git, `refs/heads/${head.branch}`);
  const baseSha = await resolveObject(repository.git, `refs/heads/${base}`);
  if (headSha === null) throw invalid('PullRequest', 'head is not a branch', 'head');
  if (baseSha === null) throw invalid('PullRequest', 'base is not a branch', 'base');
  const same = openPulls(repository).some(
    ({ pull }) =>
      pull.base === base && pull.head === head.branch && pull.headRepository === head.repository.fullName,
  );
  if (same)
    throw invalid(
      'PullRequest',
      `A pull request already exists for ${head.repository.settings.owner}:${head.branch}.`,
    );
  if (head.repository !== repository)
    await repository.git.run(['fetch', '-q', head.repository.git.directory, headSha]);
  if (await isMerged(repository.git, baseSha, headSha)) {
    throw invalid('PullRequest', `No commits between ${base} and ${head.branch}`);
  }
  return {
    id: call.state.nextId(),
    base,
    head: head.branch,
    headRepository: head.repository.fullName,
    headSha,
    baseSha,
    draft: flagOf(body, 'draft') ?? false,
    mergeSha: null,
    mergedFrom: null,
    mergedAt: null,
    mergedBy: null,
  };
}

/** Opening from a job token needs a repository setting that is off at first. Source: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository */
function createPull(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  return inOrder(repository, async () => {
    const pull = await newPull(call);
    const title = textOf(call.body, 'title') ?? '';
    const issue = newIssue(call, { title, body: textOf(call.body, 'body'), pull });
    const record = { issue, pull };
    await refreshMerge(state, repository, record);
    await raisePull(state, repository, { ...record, actor: actorOf(call), action: 'opened' });
    return shownPull(call, record);
  });
}

function updatePull(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const record = pullNamed(call);
  const { issue, pull } = record;
  mayEdit(call, issue.author);
  return inOrder(repository, async () => {
    const changes: Record<string, Json> = {};
    const title = textOf(body, 'title');
    const text = textOf(body, 'body');
    const base = textOf(body, 'base');
    if (title !== null && title !== issue.title) changes['title'] = { from: issue.title };
    if (text !== null && text !== issue.body) changes['body'] = { from: issue.body ?? '' };
    if (base !== null && base !== pull.base)
      changes['base'] = { ref: { from: pull.base }, sha: { from: pull.baseSha } };
    if (base !== null && (await resolveObject(repository.git, `refs/heads/${base}`)) === null) {
      throw invalid('PullRequest', 'base is not a branch', 'base');
    }
    issue.title = title ?? issue.title;
    issue.body = text ?? issue.body;
    pull.base = base ?? pull.base;
    if (Object.keys(changes).length > 0) {
      issue.updatedAt = state.clock.now();
      await refreshMerge(state, repository, record);
      await raisePull(state, repository, {
        ...record,
        actor: actorOf(call),
        action: 'edited',
        more: { changes },
      });
    }
    await changeState(call, record, textOf(body, 'state'));
    return shownPull(call, record);
  });
}

async function changeState(call: RepositoryCall, record: PullRecord, wanted: string | null): Promise<void> {
  const { issue, pull } = record;
  const { state, repository } = call;
  if (wanted === null || wanted === issue.state) return;
  if (wanted === 'closed')
    return closePull(state, repository, { ...record, actor: actorOf(call), merged: null });
  if (pull.mergedAt !== null)
    throw invalid('PullRequest', 'state cannot be changed. The pull request is merged.', 'state');
  const head = findRepository(state, pull.headRepository);
  const tip = head === undefined ? null : await resolveObject(head.git, `refs/heads/${pull.head}`);
  if (tip === null)
    throw invalid('PullRequest', 'state cannot be changed. The head branch was deleted.', 'state');
  issue.state = 'open';
  issue.closedAt = null;
  issue.closedBy = null;
  pull.headSha = tip;
  await refreshMerge(state, repository, record);
  await raisePull(state, repository, { ...record, actor: actorOf(call), action: 'reopened' });
}

/** Source: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository#preventing-github-actions-from-creating-or-approving-pull-requests */
function createAllowed(call: RepositoryCall): ReturnType<typeof createPull> {
  if (!call.caller.jobToken || call.repository.settings.jobsOpenPulls !== false) return createPull(call);
  throw new HttpProblem(403, 'GitHub Actions is not permitted to create or approve pull requests.');
}

export const pullChangeOperations: RepositoryOperations = {
  'pulls/create': {
    needs: 'pull_requests=write',
    handle: async (call) => created(await createAllowed(call)),
  },
  'pulls/update': { needs: 'pull_requests=write', handle: async (call) => ok(await updatePull(call)) },
};
