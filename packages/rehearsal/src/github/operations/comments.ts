// Operations on the comments of issues and pull requests.
import { numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { Json } from '../present/forms.js';
import { presentComment, presentIssue } from '../present/issue.js';
import type { CommentState } from '../records.js';
import { created, invalid, noContent, notFound, ok } from '../reply.js';
import { mayEdit, raiseOnDefault } from './issue-changes.js';
import { issueNamed } from './issues.js';

/** Characters of a comment. Source: probe of api.github.com (422 "body is too long (maximum is 65536 characters)") */
const longest = 65_536;

function commentNamed(call: RepositoryCall): CommentState {
  const comment = call.repository.comments.get(numberOf(call, 'comment_id'));
  if (comment === undefined) throw notFound();
  return comment;
}

function bodyOf(call: RepositoryCall): string {
  const body = textOf(call.body, 'body') ?? '';
  if (body.trim() === '') throw invalid('IssueComment', 'Body cannot be blank', 'body');
  if (body.length > longest)
    throw invalid('IssueComment', `body is too long (maximum is ${longest} characters)`, 'body');
  return body;
}

async function raiseComment(
  call: RepositoryCall,
  comment: CommentState,
  at: { action: string; more?: Json },
): Promise<void> {
  const { state, repository } = call;
  const issue = repository.issues.get(comment.issue);
  if (issue === undefined) return;
  await raiseOnDefault(call, 'issue_comment', {
    action: at.action,
    issue: presentIssue(state, repository, issue),
    comment: presentComment(state, repository, comment),
    ...at.more,
  });
}

async function createComment(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  const now = state.clock.now();
  const issue = issueNamed(call);
  const comment: CommentState = {
    id: state.nextId(),
    issue: issue.number,
    author: call.caller.login,
    via: call.caller.via ?? null,
    createdAt: now,
    updatedAt: now,
    body: bodyOf(call),
  };
  repository.comments.set(comment.id, comment);
  issue.updatedAt = now;
  await raiseComment(call, comment, { action: 'created' });
  return presentComment(state, repository, comment);
}

async function updateComment(call: RepositoryCall): Promise<Json> {
  const comment = commentNamed(call);
  mayEdit(call, comment.author);
  const from = comment.body;
  comment.body = bodyOf(call);
  comment.updatedAt = call.state.clock.now();
  await raiseComment(call, comment, { action: 'edited', more: { changes: { body: { from } } } });
  return presentComment(call.state, call.repository, comment);
}

export const commentOperations: RepositoryOperations = {
  'issues/list-comments': {
    needs: 'issues=read; pull_requests=read',
    handle: (call) => {
      const { number } = issueNamed(call);
      const since = Date.parse(call.query['since'] ?? '') || 0;
      const found = [...call.repository.comments.values()].filter(
        (comment) => comment.issue === number && comment.updatedAt >= since,
      );
      return ok(call.page(found).map((comment) => presentComment(call.state, call.repository, comment)));
    },
  },
  'issues/get-comment': {
    needs: 'issues=read; pull_requests=read',
    handle: (call) => ok(presentComment(call.state, call.repository, commentNamed(call))),
  },
  'issues/create-comment': {
    needs: 'issues=write; pull_requests=write',
    handle: async (call) => created(await createComment(call)),
  },
  'issues/update-comment': {
    needs: 'issues=write; pull_requests=write',
    handle: async (call) => ok(await updateComment(call)),
  },
  'issues/delete-comment': {
    needs: 'issues=write; pull_requests=write',
    handle: async (call) => {
      const comment = commentNamed(call);
      mayEdit(call, comment.author);
      call.repository.comments.delete(comment.id);
      await raiseComment(call, comment, { action: 'deleted' });
      return noContent();
    },
  },
};
