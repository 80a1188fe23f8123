import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demand } from '../../src/github/callers.js';
import { registry } from '../../src/github/registry.js';
import { HttpProblem } from '../../src/github/reply.js';
import type { Permissions } from '../../src/model.js';
import { openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  await pushFeature(workshop, 'feature/a', { a: 'a' });
  await workshop.bob.openPullRequest({
    repository: 'acme/shop',
    head: 'feature/a',
    base: 'develop',
    title: 'A',
  });
});
afterAll(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const table: readonly (readonly [string, string, unknown, string, string])[] = [
  ['GET', '/git/ref/heads/develop', undefined, 'contents', 'read'],
  ['POST', '/git/refs', { ref: 'refs/heads/x', sha: 'HEAD' }, 'contents', 'write'],
  ['GET', '/pulls', undefined, 'pull-requests', 'read'],
  ['PATCH', '/pulls/1', { title: 'B' }, 'pull-requests', 'write'],
  ['PUT', '/pulls/1/merge', {}, 'contents', 'write'],
  ['GET', '/issues', undefined, 'issues', 'read'],
  ['POST', '/issues/1/comments', { body: 'x' }, 'issues', 'write'],
  ['POST', '/issues/1/comments', { body: 'x' }, 'pull-requests', 'write'],
  ['GET', '/actions/runs', undefined, 'actions', 'read'],
  ['GET', '/actions/artifacts', undefined, 'actions', 'read'],
  ['POST', '/actions/workflows/delivery.yml/dispatches', { ref: 'develop' }, 'actions', 'write'],
  ['GET', '/deployments', undefined, 'deployments', 'read'],
  ['POST', '/deployments', { ref: 'develop' }, 'deployments', 'write'],
  ['GET', '/commits/develop/check-runs', undefined, 'checks', 'read'],
  ['GET', '/commits/develop/status', undefined, 'statuses', 'read'],
  ['GET', '/branches/develop/protection', undefined, 'administration', 'read'],
];

const status = async (
  permissions: Permissions,
  method: string,
  path: string,
  body: unknown,
): Promise<Response> => {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return workshop.ask(workshop.jobToken(permissions), `/repos/acme/shop${path}`, init);
};

describe('a job token', () => {
  it.each(table)('%s %s (%j) needs %s: %s', async (method, path, body, permission, level) => {
    const lower = level === 'write' ? 'read' : 'none';

    const refused = await status({ [permission]: lower as 'read' }, method, path, body);
    const allowed = await status({ [permission]: level as 'read' }, method, path, body);

    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      message: 'Resource not accessible by integration',
      status: '403',
    });
    expect(refused.headers.get('x-accepted-github-permissions')).toContain(
      `${permission.replace('-', '_')}=${level}`,
    );
    expect(allowed.status).not.toBe(403);
  });

  it('needs no permission for what everybody who sees the repository may read', async () => {
    expect((await status({}, 'GET', '', undefined)).status).toBe(200);
    expect((await status({}, 'GET', '/rules/branches/develop', undefined)).status).toBe(200);
  });

  it('sees another private repository as little as nobody does', async () => {
    await workshop.host.addRepository({ ...workshop.host.repository('acme/shop'), name: 'secret' });
    const token = workshop.jobToken({ contents: 'write' });

    expect((await workshop.ask(token, '/repos/acme/secret')).status).toBe(404);
    expect((await workshop.ask('', '/repos/acme/secret')).status).toBe(404);
  });

  it('reads another public repository and writes nothing there', async () => {
    await workshop.host.addRepository({
      ...workshop.host.repository('acme/shop'),
      name: 'open',
      public: true,
    });
    const token = workshop.jobToken({ issues: 'write' });

    expect((await workshop.ask(token, '/repos/acme/open/issues')).status).toBe(200);
    const body = JSON.stringify({ title: 'x' });
    expect((await workshop.ask(token, '/repos/acme/open/issues', { method: 'POST', body })).status).toBe(403);
  });

  it('is 401 once revoked, even on what is public', async () => {
    const token = workshop.jobToken({ contents: 'write' });
    workshop.host.revokeToken(token);

    const response = await workshop.ask(token, '/repos/acme/shop');

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message: 'Bad credentials' });
  });

  it('cannot ask who it is, nor about teams', async () => {
    workshop.host.addTeam('acme', 'release', ['ann']);
    const token = workshop.jobToken({ contents: 'write' });

    expect((await workshop.ask(token, '/user')).status).toBe(403);
    expect((await workshop.ask(token, '/orgs/acme/teams/release/members')).status).toBe(403);
  });
});

describe('a person', () => {
  it.each([
    ['read' as const, 403],
    ['triage' as const, 403],
    ['write' as const, 204],
    ['maintain' as const, 204],
    ['admin' as const, 204],
  ])('with role %s gets %d for a dispatch', async (role, expected) => {
    const person = workshop.host.person(`p-${role}`, { role });
    const path = '/repos/acme/shop/actions/workflows/delivery.yml/dispatches';

    expect((await person.request('POST', path, { ref: 'develop' })).status).toBe(expected);
    expect(
      (await person.request('GET', `/repos/acme/shop/collaborators/p-${role}/permission`)).data,
    ).toMatchObject({ role_name: role });
  });

  it('without a role does not see a private repository', async () => {
    expect((await workshop.ask(workshop.host.token('stranger'), '/repos/acme/shop')).status).toBe(404);
  });
});

describe('needs', () => {
  const repository = {} as Parameters<typeof demand>[1];
  const caller = (permissions: Permissions): Parameters<typeof demand>[0] => ({
    login: 'x',
    jobToken: true,
    level: (_repository, permission) => permissions[permission] ?? 'none',
    bypasses: () => false,
  });

  it.each([
    ['contents=read', { contents: 'read' }, true],
    ['contents=read', { contents: 'write' }, true],
    ['contents=write', { contents: 'read' }, false],
    ['contents=read,issues=write', { contents: 'read' }, false],
    ['contents=read,issues=write', { contents: 'read', issues: 'write' }, true],
    ['contents=write; issues=read', { issues: 'read' }, true],
  ] as const)('%s with %j: %s', (needs, permissions, allowed) => {
    const ask = (): void => demand(caller(permissions), repository, needs);

    if (allowed) expect(ask).not.toThrow();
    else expect(ask).toThrow(HttpProblem);
  });

  it('are well formed everywhere', () => {
    const one = '[a-z_]+=(read|write)';
    const form = new RegExp(`^${one}(,${one})*(; ${one}(,${one})*)*$`, 'u');

    for (const { needs } of Object.values(registry.repository)) expect(needs).toMatch(form);
  });
});
