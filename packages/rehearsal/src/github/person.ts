// The methods of a person: REST requests with their token, refusals as errors.
import type { Person, PersonResponse } from './social.js';

const encode = encodeURIComponent;

interface Connection {
  readonly serverUrl: () => string;
  readonly apiUrl: () => string;
}

type Must = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

const pullMethods = (must: Must): Pick<Person, 'openPullRequest' | 'closePullRequest' | 'merge'> => ({
  openPullRequest: async ({ repository, ...pull }) => {
    const data = await must('POST', `/repos/${repository}/pulls`, pull);
    return { number: Number(data['number']), url: String(data['html_url']) };
  },
  closePullRequest: async ({ repository, number }) => {
    await must('PATCH', `/repos/${repository}/pulls/${number}`, { state: 'closed' });
  },
  merge: async ({ repository, number, method }) => {
    const data = await must('PUT', `/repos/${repository}/pulls/${number}/merge`, {
      merge_method: method ?? 'merge',
    });
    return { sha: String(data['sha']) };
  },
});

const issueMethods = (
  must: Must,
): Pick<Person, 'openIssue' | 'comment' | 'editComment' | 'deleteComment'> => ({
  openIssue: async ({ repository, ...issue }) => {
    const data = await must('POST', `/repos/${repository}/issues`, issue);
    return { number: Number(data['number']) };
  },
  comment: async ({ repository, number, body }) => {
    const data = await must('POST', `/repos/${repository}/issues/${number}/comments`, { body });
    return { id: Number(data['id']) };
  },
  editComment: async ({ repository, id, body }) => {
    await must('PATCH', `/repos/${repository}/issues/comments/${id}`, { body });
  },
  deleteComment: async ({ repository, id }) => {
    await must('DELETE', `/repos/${repository}/issues/comments/${id}`);
  },
});

const runMethods = (must: Must): Pick<Person, 'deleteBranch' | 'dispatch' | 'rerun' | 'cancel'> => ({
  deleteBranch: async ({ repository, branch }) => {
    await must('DELETE', `/repos/${repository}/git/refs/heads/${branch.split('/').map(encode).join('/')}`);
  },
  dispatch: async ({ repository, workflow, ref, inputs }) => {
    const path = `/repos/${repository}/actions/workflows/${encode(workflow)}/dispatches`;
    await must('POST', path, { ref, ...(inputs === undefined ? {} : { inputs }) });
  },
  rerun: async ({ repository, runId, failedOnly }) => {
    await must(
      'POST',
      `/repos/${repository}/actions/runs/${runId}/${failedOnly === true ? 'rerun-failed-jobs' : 'rerun'}`,
    );
  },
  cancel: async ({ repository, runId }) => {
    await must('POST', `/repos/${repository}/actions/runs/${runId}/cancel`);
  },
});

/** A person over a token. */
export function createPerson(login: string, token: string, connection: Connection): Person {
  const request = async (method: string, path: string, body?: unknown): Promise<PersonResponse> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${connection.apiUrl()}${path}`, init);
    const text = await response.text();
    return { status: response.status, data: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  const must = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const { status, data } = await request(method, path, body);
    if (status >= 400) throw new Error(`${login}: ${method} ${path} → ${status} ${JSON.stringify(data)}`);
    return (data ?? {}) as Record<string, unknown>;
  };
  return {
    login,
    token,
    identity: { name: login, email: `${login}@users.noreply.github.com` },
    request,
    remote: (repository) =>
      connection
        .serverUrl()
        .replace('://', `://${encode(login)}:${token}@`)
        .concat(`/${repository}.git`),
    ...pullMethods(must),
    ...issueMethods(must),
    ...runMethods(must),
  };
}
