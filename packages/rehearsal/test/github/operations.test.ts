// Every operation of the cut is asked once at least; each answer is held against GitHub's description.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { description, matchOperation } from '../../src/github/description.js';
import type { RunRequest, RunState } from '../../src/model.js';
import { addRun, openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;
let run: RunState;
let failed: RunState;
let ids: Readonly<Record<string, string | number>>;
const asked: RunRequest[] = [];

async function created(path: string, body: unknown): Promise<Record<string, unknown>> {
  const { status, data } = await workshop.ann.request('POST', `/repos/acme/shop${path}`, body);
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(data)}`);
  return data as Record<string, unknown>;
}

beforeAll(async () => {
  workshop = await openWorkshop({
    protectedTags: ['v1.*'],
    organization: { secrets: ['SHARED'], variables: ['REGION'] },
  });
  workshop.host.onRunRequest((request) => asked.push(request));
  workshop.host.addTeam('acme', 'release', ['ann', 'bob']);
  const clone = await pushFeature(workshop, 'feature/a', { 'docs/a b.md': 'a\n' });
  const head = (await clone.git('rev-parse', 'HEAD')).stdout.trim();
  const tree = (await clone.git('rev-parse', 'HEAD^{tree}')).stdout.trim();
  const [event] = workshop.events;
  if (event === undefined) throw new Error('no event');
  failed = addRun(workshop, event);
  run = addRun(workshop, event, { status: 'in_progress', conclusion: null, completedAt: null });
  const artifact = { repository: 'acme/shop', runId: run.id, name: 'entry', zip: Buffer.from('PK') };
  const pull = await workshop.bob.openPullRequest({
    repository: 'acme/shop',
    head: 'feature/a',
    base: 'develop',
    title: 'A',
  });
  const { id: comment } = await workshop.bob.comment({
    repository: 'acme/shop',
    number: pull.number,
    body: 'Looks good',
  });
  const deployment = await created('/deployments', {
    ref: 'develop',
    environment: 'integration',
    payload: { image: 'x' },
  });
  const tag = await created('/git/tags', {
    tag: 'v1.0.0',
    message: 'One\n\nHeadgate-Record: sha256:0',
    object: head,
    type: 'commit',
  });
  const release = await created('/releases', { tag_name: 'v0.9.0', name: 'First' });
  const assets = `${workshop.host.serverUrl}/api/uploads/repos/acme/shop/releases/${String(release['id'])}/assets`;
  const headers = {
    authorization: `Bearer ${workshop.ann.token}`,
    'content-type': 'application/octet-stream',
  };
  const uploaded = await fetch(`${assets}?name=record.json`, { method: 'POST', headers, body: '{"a":1}' });
  const asset = (await uploaded.json()) as { id: number };
  const { data } = await workshop.ann.request('GET', '/repos/acme/shop/rulesets');
  const rulesets = data as { id: number }[];
  ids = {
    head,
    tree,
    run: run.id,
    failed: failed.id,
    job: failed.jobs[0]?.id ?? 0,
    artifact: workshop.host.addArtifact(artifact, false).id,
    pull: pull.number,
    comment,
    deployment: String(deployment['id']),
    tag: String(tag['sha']),
    release: String(release['id']),
    asset: asset.id,
    ruleset: rulesets[1]?.id ?? 0,
  };
});
afterAll(async () => {
  await workshop.close();
});

const fill = (path: string): string => path.replace(/\{(\w+)\}/gu, (_all, name: string) => String(ids[name]));

const reading: readonly (readonly [string, Record<string, unknown> | readonly unknown[]])[] = [
  ['/rate_limit', { rate: { limit: 5000 } }],
  ['/user', { login: 'ann' }],
  ['/users/bob', { login: 'bob', type: 'User' }],
  ['/orgs/acme/teams/release/members', [{ login: 'ann' }, { login: 'bob' }]],
  ['/orgs/acme/teams/release/memberships/bob', { state: 'active', role: 'member' }],
  ['/repos/ACME/Shop', { full_name: 'acme/shop', private: true, owner: { type: 'Organization' } }],
  [
    '/repos/acme/shop/branches',
    [{ name: 'develop', protected: true }, { name: 'feature/a', protected: false }, { name: 'master' }],
  ],
  ['/repos/acme/shop/branches/feature/a', { name: 'feature/a', protected: false }],
  ['/repos/acme/shop/branches/develop/protection', { allow_force_pushes: { enabled: false } }],
  [
    '/repos/acme/shop/rules/branches/develop',
    [{ type: 'deletion' }, { type: 'non_fast_forward' }, { type: 'pull_request' }],
  ],
  ['/repos/acme/shop/rules/branches/feature/gone', []],
  [
    '/repos/acme/shop/rulesets?targets=tag',
    [{ id: expect.any(Number), target: 'tag', enforcement: 'active' }],
  ],
  [
    '/repos/acme/shop/rulesets/{ruleset}',
    {
      conditions: { ref_name: { include: ['refs/tags/v1.*'] } },
      rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }, { type: 'update' }],
      current_user_can_bypass: 'always',
    },
  ],
  ['/repos/acme/shop/collaborators/bob/permission', { permission: 'write', role_name: 'write' }],
  ['/repos/acme/shop/commits?sha=feature/a&per_page=1', [{ author: { login: 'bob' } }]],
  [
    '/repos/acme/shop/commits/{head}',
    { stats: { total: 1 }, files: [{ filename: 'docs/a b.md', status: 'added' }] },
  ],
  ['/repos/acme/shop/compare/develop...feature/a', { status: 'ahead', ahead_by: 1, behind_by: 0 }],
  ['/repos/acme/shop/compare/feature/a...develop', { status: 'behind', behind_by: 1 }],
  ['/repos/acme/shop/commits/{head}/pulls', [{ number: 1, state: 'open' }]],
  [
    '/repos/acme/shop/contents/docs/a%20b.md?ref=feature/a',
    { content: 'YQo=', size: 2, path: 'docs/a b.md' },
  ],
  ['/repos/acme/shop/tags', [{ name: 'v0.9.0' }]],
  ['/repos/acme/shop/environments', { total_count: 2 }],
  [
    '/repos/acme/shop/environments/integration',
    { deployment_branch_policy: { custom_branch_policies: true } },
  ],
  [
    '/repos/acme/shop/environments/integration/deployment-branch-policies',
    { total_count: 1, branch_policies: [{ name: 'develop', type: 'branch' }] },
  ],
  ['/repos/acme/shop/environments/integration/variables', { variables: [{ name: 'REPLICAS', value: '2' }] }],
  ['/repos/acme/shop/actions/variables', { variables: [{ name: 'REGISTRY' }] }],
  ['/repos/acme/shop/actions/organization-variables', { variables: [{ name: 'REGION' }] }],
  ['/repos/acme/shop/actions/secrets', { total_count: 1, secrets: [{ name: 'KEY' }] }],
  ['/repos/acme/shop/actions/organization-secrets', { secrets: [{ name: 'SHARED' }] }],
  ['/repos/acme/shop/environments/integration/secrets', { total_count: 0, secrets: [] }],
  [
    '/repos/acme/shop/actions/permissions/workflow',
    { default_workflow_permissions: 'read', can_approve_pull_request_reviews: true },
  ],
  ['/repos/acme/shop/actions/variables/REGISTRY', { value: 'localhost:5000' }],
  ['/repos/acme/shop/deployments?environment=integration', [{ environment: 'integration', task: 'deploy' }]],
  ['/repos/acme/shop/deployments/{deployment}', { ref: 'develop', payload: { image: 'x' } }],
  ['/repos/acme/shop/releases', [{ tag_name: 'v0.9.0', assets: [{ name: 'record.json' }] }]],
  ['/repos/acme/shop/releases/{release}', { draft: false }],
  ['/repos/acme/shop/releases/latest', { tag_name: 'v0.9.0' }],
  ['/repos/acme/shop/releases/tags/v0.9.0', { name: 'First' }],
  [
    '/repos/acme/shop/releases/{release}/assets',
    [{ size: 7, digest: 'sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862' }],
  ],
  ['/repos/acme/shop/releases/assets/{asset}', { content_type: 'application/octet-stream' }],
  ['/repos/acme/shop/git/ref/heads/feature/a', { ref: 'refs/heads/feature/a', object: { type: 'commit' } }],
  ['/repos/acme/shop/git/matching-refs/heads/feature', [{ ref: 'refs/heads/feature/a' }]],
  ['/repos/acme/shop/git/commits/{head}', { message: 'Change on feature/a' }],
  [
    '/repos/acme/shop/git/trees/{tree}?recursive=1',
    {
      tree: [
        { path: '.github' },
        { path: '.github/workflows' },
        { path: '.github/workflows/delivery.yml' },
        { path: 'docs' },
        { path: 'docs/a b.md' },
        { path: 'readme.md' },
      ],
    },
  ],
  ['/repos/acme/shop/git/tags/{tag}', { tag: 'v1.0.0', message: 'One\n\nHeadgate-Record: sha256:0' }],
  ['/repos/acme/shop/pulls?state=open&base=develop&head=acme:feature/a', [{ number: 1 }]],
  ['/repos/acme/shop/pulls/{pull}', { mergeable: true, comments: 1 }],
  ['/repos/acme/shop/pulls/{pull}/files', [{ filename: 'docs/a b.md', additions: 1 }]],
  ['/repos/acme/shop/pulls/{pull}/commits', [{ sha: expect.any(String) }]],
  ['/repos/acme/shop/issues?state=all', [{ number: 1, pull_request: { merged_at: null } }]],
  ['/repos/acme/shop/issues/{pull}', { title: 'A', draft: false }],
  ['/repos/acme/shop/issues/{pull}/comments', [{ body: 'Looks good', author_association: 'COLLABORATOR' }]],
  ['/repos/acme/shop/issues/comments/{comment}', { user: { login: 'bob' } }],
  ['/repos/acme/shop/actions/runs?head_sha={head}&event=push&status=failure', { total_count: 1 }],
  [
    '/repos/acme/shop/actions/workflows/delivery.yml',
    { path: '.github/workflows/delivery.yml', name: 'Delivery' },
  ],
  ['/repos/acme/shop/actions/workflows/delivery.yml/runs?branch=feature/a', { total_count: 2 }],
  [
    '/repos/acme/shop/actions/runs/{run}',
    {
      status: 'in_progress',
      head_repository: { full_name: 'acme/shop' },
      referenced_workflows: [{ ref: 'v1' }],
      pull_requests: [{ number: 1 }],
    },
  ],
  ['/repos/acme/shop/actions/runs/{failed}/attempts/1', { run_attempt: 1, conclusion: 'failure' }],
  [
    '/repos/acme/shop/actions/runs/{failed}/jobs',
    { jobs: [{ name: 'deliver / images (api)', steps: [{ name: 'Build' }] }] },
  ],
  ['/repos/acme/shop/actions/runs/{failed}/attempts/1/jobs', { total_count: 1 }],
  ['/repos/acme/shop/actions/jobs/{job}', { conclusion: 'failure' }],
  ['/repos/acme/shop/actions/artifacts', { total_count: 1 }],
  ['/repos/acme/shop/actions/runs/{run}/artifacts', { artifacts: [{ name: 'entry' }] }],
  ['/repos/acme/shop/actions/artifacts/{artifact}', { size_in_bytes: 2 }],
  [
    '/repos/acme/shop/commits/feature/a/check-runs?check_name=deliver%20/%20images%20(api)',
    { total_count: 2 },
  ],
  ['/repos/acme/shop/check-runs/{job}', { output: { annotations_count: 1 } }],
  [
    '/repos/acme/shop/check-runs/{job}/annotations',
    [{ message: 'test stage failed', annotation_level: 'failure' }],
  ],
];

describe('reading', () => {
  it.each(reading)('GET %s', async (path, expected) => {
    const { status, data } = await workshop.ann.request('GET', fill(path));

    expect(status).toBe(200);
    expect(data).toMatchObject(expected as Record<string, unknown>);
  });

  it.each([['/actions/artifacts/{artifact}/zip'], ['/actions/jobs/{job}/logs']])(
    'GET %s leads elsewhere',
    async (path) => {
      const response = await workshop.ask(workshop.ann.token, `/repos/acme/shop${fill(path)}`);

      expect(response.status).toBe(302);
      expect((await fetch(response.headers.get('location') ?? '')).status).toBe(200);
    },
  );

  it('answers below the API root and at the plain root alike', async () => {
    const headers = { authorization: `token ${workshop.ann.token}` };

    const plain = await fetch(`${workshop.host.serverUrl}/repos/acme/shop`, { headers });

    expect(await plain.json()).toMatchObject({ full_name: 'acme/shop' });
  });
});

const writing: readonly (readonly [string, string, unknown, number])[] = [
  [
    'POST',
    '/deployments/{deployment}/statuses',
    { state: 'success', environment_url: 'http://127.0.0.1:1', log_url: 'http://127.0.0.1:1' },
    201,
  ],
  ['POST', '/statuses/{head}', { state: 'success', context: 'lint' }, 201],
  ['POST', '/git/refs', { ref: 'refs/tags/v1.0.0', sha: '{tag}' }, 201],
  ['POST', '/git/refs', { ref: 'refs/heads/chore', sha: '{head}' }, 201],
  ['POST', '/git/refs', { ref: 'refs/heads/chore', sha: '{head}' }, 422],
  ['POST', '/git/refs', { ref: 'refs/heads/a..b', sha: '{head}' }, 422],
  ['POST', '/git/refs', { ref: 'refs/heads/none', sha: 'f'.repeat(40) }, 422],
  ['POST', '/git/commits', { message: 'Made by REST', tree: '{tree}', parents: ['{head}'] }, 201],
  ['PATCH', '/git/refs/heads/chore', { sha: '{head}', force: false }, 200],
  ['DELETE', '/git/refs/heads/chore', undefined, 204],
  ['DELETE', '/git/refs/heads/chore', undefined, 422],
  ['PATCH', '/releases/{release}', { body: 'Notes' }, 200],
  ['PATCH', '/releases/assets/{asset}', { name: 'final.json' }, 200],
  ['DELETE', '/releases/assets/{asset}', undefined, 204],
  ['DELETE', '/releases/assets/{asset}', undefined, 404],
  ['DELETE', '/releases/{release}', undefined, 204],
  ['POST', '/issues', { title: 'Approval', labels: ['headgate'] }, 201],
  ['PATCH', '/issues/2', { state: 'closed' }, 200],
  ['POST', '/issues/2/labels', { labels: ['done'] }, 200],
  ['POST', '/issues/2/comments', { body: '' }, 422],
  ['PATCH', '/issues/comments/{comment}', { body: 'Changed' }, 200],
  ['DELETE', '/issues/comments/{comment}', undefined, 204],
  ['PATCH', '/pulls/{pull}', { title: 'B' }, 200],
  ['POST', '/actions/runs/{failed}/rerun', undefined, 201],
  ['POST', '/actions/runs/{failed}/rerun-failed-jobs', {}, 201],
  ['POST', '/actions/runs/{run}/rerun', undefined, 403],
  ['POST', '/actions/runs/{run}/cancel', undefined, 202],
  ['POST', '/actions/runs/{failed}/cancel', undefined, 409],
  ['POST', '/actions/workflows/delivery.yml/dispatches', { ref: 'develop' }, 204],
  ['DELETE', '/actions/artifacts/{artifact}', undefined, 204],
  ['PUT', '/pulls/{pull}/merge', { merge_method: 'merge' }, 200],
];

describe('writing', () => {
  it.each(writing)('%s %s %j → %d', async (method, path, body, expected) => {
    const filled = body === undefined ? undefined : (JSON.parse(fill(JSON.stringify(body))) as unknown);

    const { status } = await workshop.ann.request(method, `/repos/acme/shop${fill(path)}`, filled);

    expect(status).toBe(expected);
  });

  it('shows what was written', async () => {
    const read = async (path: string): Promise<unknown> =>
      (await workshop.ann.request('GET', `/repos/acme/shop${fill(path)}`)).data;

    expect(await read('/deployments/{deployment}/statuses')).toMatchObject([
      { state: 'success', environment: 'integration' },
    ]);
    expect(await read('/commits/{head}/status')).toMatchObject({ state: 'success', total_count: 1 });
    expect(await read('/commits/{head}/statuses')).toMatchObject([{ context: 'lint' }]);
    expect(await read('/issues/2')).toMatchObject({
      state: 'closed',
      labels: [{ name: 'headgate' }, { name: 'done' }],
    });
    expect(await read('/git/ref/tags/v1.0.0')).toMatchObject({ object: { type: 'tag', sha: ids['tag'] } });
    expect(asked.map(({ kind, runId, login }) => [kind, runId, login])).toEqual([
      ['rerun', failed.id, 'ann'],
      ['rerun-failed', failed.id, 'ann'],
      ['cancel', run.id, 'ann'],
    ]);
  });
});

describe('a job with an environment', () => {
  it('leaves a deployment without payload, which its end closes and whose success retires the former', async () => {
    const job = {
      repository: 'acme/shop',
      environment: 'preview',
      ref: 'refs/heads/develop',
      sha: String(ids['head']),
    };
    const end = (id: number) => workshop.host.beginDeployment({ ...job, runId: run.id, jobId: id });
    end(1)('success', 'http://127.0.0.1:1');
    end(2)('cancelled', '');
    end(3)('success', '');
    end(4);
    const read = async (path: string): Promise<unknown> =>
      (await workshop.ann.request('GET', `/repos/acme/shop${path}`)).data;
    const all = (await read('/deployments?environment=preview')) as { id: number }[];
    const states = await Promise.all(
      all.map(async ({ id }) =>
        ((await read(`/deployments/${id}/statuses`)) as { state: string }[]).map(({ state }) => state),
      ),
    );

    expect(all[0]).toMatchObject({ ref: 'develop', payload: {}, creator: { login: 'github-actions[bot]' } });
    expect(states).toEqual([
      ['in_progress'],
      ['success', 'in_progress'],
      ['error', 'in_progress'],
      ['inactive', 'success', 'in_progress'],
    ]);
  });
});

describe('what only Apps may ask', () => {
  it.each([
    ['GET', '/app', 401],
    ['GET', '/repos/acme/shop/installation', 401],
    ['POST', '/app/installations/1/access_tokens', 401],
    ['DELETE', '/installation/token', 403],
  ])('%s %s by a person → %d', async (method, path, expected) => {
    expect((await workshop.ann.request(method, path)).status).toBe(expected);
  });
});

describe('the double as a whole', () => {
  it('was asked every operation it has, and strayed nowhere', () => {
    const seen = new Set(
      workshop.host.requests.map(({ method, path }) => matchOperation(method, path)?.operation.id ?? 'git'),
    );

    expect(description.operations.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
    expect(workshop.host.violations).toEqual([]);
  });
});
