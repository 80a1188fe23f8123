// Operations on issues and labels; pull requests answer here too, as GitHub has it.
import { inListOrder } from '../list-order.js';
import { numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { Json } from '../present/forms.js';
import { presentIssue, presentLabel } from '../present/issue.js';
import { closePull } from '../pull-following.js';
import type { IssueState, Label } from '../records.js';
import { created, invalid, notFound, ok } from '../reply.js';
import { inOrder, stableId } from '../state.js';
import { actorOf, mayEdit, newIssue, raiseOnDefault } from './issue-changes.js';

export function issueNamed(call: RepositoryCall): IssueState {
  const issue = call.repository.issues.get(numberOf(call, 'issue_number'));
  if (issue === undefined) throw notFound();
  return issue;
}

function labelsIn(call: RepositoryCall, value: unknown): readonly Label[] {
  const named = Array.isArray(value) ? value : [];
  return named.flatMap((item: unknown) => {
    const name = typeof item === 'string' ? item : textOf((item ?? {}) as Record<string, unknown>, 'name');
    return name === null ? [] : [{ id: stableId('label', `${call.repository.fullName} ${name}`), name }];
  });
}

async function createIssue(call: RepositoryCall): Promise<Json> {
  const title = textOf(call.body, 'title') ?? String(call.body['title']);
  const issue = newIssue(call, { title, body: textOf(call.body, 'body'), pull: null });
  issue.labels = labelsIn(call, call.body['labels']);
  const shown = presentIssue(call.state, call.repository, issue);
  await raiseOnDefault(call, 'issues', { action: 'opened', issue: shown });
  return shown;
}

async function updateIssue(call: RepositoryCall): Promise<Json> {
  const issue = issueNamed(call);
  const { state, repository, body } = call;
  mayEdit(call, issue.author);
  const wanted = textOf(body, 'state');
  issue.title = textOf(body, 'title') ?? issue.title;
  issue.body = textOf(body, 'body') ?? issue.body;
  if (body['labels'] !== undefined) issue.labels = labelsIn(call, body['labels']);
  issue.updatedAt = state.clock.now();
  if (wanted !== null && wanted !== issue.state) await changeState(call, issue, wanted);
  return presentIssue(state, repository, issue);
}

async function changeState(call: RepositoryCall, issue: IssueState, wanted: string): Promise<void> {
  const { state, repository } = call;
  const actor = actorOf(call);
  const { pull } = issue;
  if (pull !== null) {
    if (wanted === 'open') throw invalid('Issue', 'a pull request is reopened as a pull request', 'state');
    return inOrder(repository, () => closePull(state, repository, { issue, pull, actor, merged: null }));
  }
  issue.state = wanted === 'closed' ? 'closed' : 'open';
  issue.closedAt = wanted === 'closed' ? state.clock.now() : null;
  issue.closedBy = wanted === 'closed' ? actor.login : null;
  const action = wanted === 'closed' ? 'closed' : 'reopened';
  await raiseOnDefault(call, 'issues', { action, issue: presentIssue(state, repository, issue) });
}

function listIssues(call: RepositoryCall): readonly IssueState[] {
  const { state = 'open', labels, creator, sort, direction, since } = call.query;
  const wanted = labels === undefined ? [] : labels.split(',');
  const found = [...call.repository.issues.values()].filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      (since === undefined || issue.updatedAt >= Date.parse(since)) &&
      (creator === undefined || issue.author === creator) &&
      wanted.every((name) => issue.labels.some((label) => label.name === name)),
  );
  return inListOrder(found, { sort, direction }, (issue) => issue);
}

export const issueOperations: RepositoryOperations = {
  'issues/list-for-repo': {
    needs: 'issues=read',
    handle: (call) =>
      ok(call.page(listIssues(call)).map((issue) => presentIssue(call.state, call.repository, issue))),
  },
  'issues/get': {
    needs: 'issues=read; pull_requests=read',
    handle: (call) => ok(presentIssue(call.state, call.repository, issueNamed(call))),
  },
  'issues/create': { needs: 'issues=write', handle: async (call) => created(await createIssue(call)) },
  'issues/update': {
    needs: 'issues=write; pull_requests=write',
    handle: async (call) => ok(await updateIssue(call)),
  },
  'issues/add-labels': {
    needs: 'issues=write; pull_requests=write',
    handle: (call) => {
      const issue = issueNamed(call);
      const added = labelsIn(call, call.body['labels'] ?? call.body);
      const known = new Set(issue.labels.map(({ name }) => name));
      issue.labels = [...issue.labels, ...added.filter(({ name }) => !known.has(name))];
      return ok(issue.labels.map((label) => presentLabel(call.state, call.repository, label)));
    },
  },
};
