// Operations on pull requests: listing, opening, changing.
import { readChanges } from '../git-changes.js';
import { isMerged } from '../git-merging.js';
import { mergeBase, readCommits, resolveObject } from '../git-reading.js';
import { flagOf, numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentChange, presentCommit } from '../present/commit.js';
import type { Json } from '../present/common.js';
import { type PullRecord, presentFullPull, presentPull } from '../present/pull.js';
import { closePull, countPull, openPulls, raisePull, refreshMerge } from '../pull-following.js';
import { created, invalid, notFound, ok } from '../reply.js';
import { findRepository, inOrder, type PullState, type RepositoryState } from '../state.js';
import { actorOf, mayEdit, newIssue } from './issue-changes.js';

export function pullNamed(call: RepositoryCall): PullRecord {
  const issue = call.repository.issues.get(numberOf(call, 'pull_number'));
  if (issue?.pull === null || issue === undefined) throw notFound();
  return { issue, pull: issue.pull };
}

export async function shownPull(call: RepositoryCall, record: PullRecord): Promise<Json> {
  await refreshMerge(call.state, call.repository, record);
  const counts = await countPull(call.repository, record);
  return presentFullPull(call.state, call.repository, { ...record, counts });
}

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

function listPulls(call: RepositoryCall): readonly PullRecord[] {
  const { state = 'open', head, base, direction } = call.query;
  const found = [...call.repository.issues.values()].flatMap((issue) =>
    issue.pull === null ? [] : [{ issue, pull: issue.pull }],
  );
  const list = found.filter(({ issue, pull }) => {
    const owner = findRepository(call.state, pull.headRepository)?.settings.owner ?? '';
    return (
      (state === 'all' || issue.state === state) &&
      (base === undefined || pull.base === base) &&
      (head === undefined || head === `${owner}:${pull.head}`)
    );
  });
  return direction === 'asc' ? list : list.toReversed();
}

export const pullOperations: RepositoryOperations = {
  'pulls/list': {
    needs: 'pull_requests=read',
    handle: (call) =>
      ok(call.page(listPulls(call)).map((record) => presentPull(call.state, call.repository, record))),
  },
  'pulls/get': {
    needs: 'pull_requests=read',
    handle: async (call) => ok(await shownPull(call, pullNamed(call))),
  },
  'pulls/create': { needs: 'pull_requests=write', handle: async (call) => created(await createPull(call)) },
  'pulls/update': { needs: 'pull_requests=write', handle: async (call) => ok(await updatePull(call)) },
  'pulls/list-files': {
    needs: 'pull_requests=read',
    handle: async (call) => {
      const { pull } = pullNamed(call);
      const base = await mergeBase(call.repository.git, pull.baseSha, pull.headSha);
      const changes = call.page(await readChanges(call.repository.git, base, pull.headSha));
      return ok(
        changes.map((change) => presentChange(call.state, call.repository, { sha: pull.headSha, change })),
      );
    },
  },
  'pulls/list-commits': {
    needs: 'pull_requests=read',
    handle: async (call) => {
      const { pull } = pullNamed(call);
      const commits = await readCommits(call.repository.git, [
        '-n',
        '250',
        `${pull.baseSha}..${pull.headSha}`,
      ]);
      const shown = call.page(commits.toReversed());
      return ok(shown.map((commit) => presentCommit(call.state, call.repository, commit)));
    },
  },
};
