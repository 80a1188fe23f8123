// Operations that read pull requests.
import { readChanges } from '../git-changes.js';
import { mergeBase, readCommits } from '../git-reading.js';
import { inListOrder } from '../list-order.js';
import { numberOf, type RepositoryCall, type RepositoryOperations } from '../operation.js';
import { presentChange, presentCommit } from '../present/commit.js';
import type { Json } from '../present/forms.js';
import { type PullRecord, presentFullPull, presentPull } from '../present/pull.js';
import { countPull, refreshMerge } from '../pull-merge-ref.js';
import { notFound, ok } from '../reply.js';
import { findRepository } from '../state.js';

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

function listPulls(call: RepositoryCall): readonly PullRecord[] {
  const { state = 'open', head, base, sort, direction } = call.query;
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
  // Source: https://docs.github.com/rest/pulls/pulls#list-pull-requests (direction)
  const rising = sort !== undefined && sort !== 'created';
  const order = { sort, direction: direction ?? (rising ? 'asc' : 'desc') };
  return inListOrder(list, order, ({ issue }) => issue);
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
