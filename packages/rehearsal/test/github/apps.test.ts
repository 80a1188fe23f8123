// GitHub Apps: what they sign, the tokens they get, and what those may do.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppCredentials } from '../../src/github/apps.js';
import { openWorkshop, shop, type Workshop } from './workshop.js';

let workshop: Workshop;
let app: AppCredentials;
let now: number;

beforeEach(async () => {
  workshop = await openWorkshop({
    bypassApps: ['gate', 'github-actions'],
    protectedTags: ['v*'],
    reservedTags: ['v*'],
  });
  await workshop.host.addRepository({ ...shop, name: 'other' });
  const permissions = { contents: 'write', pull_requests: 'write', issues: 'write' } as const;
  app = workshop.host.addApp({ slug: 'gate', owner: 'acme', permissions, repositories: ['acme/shop'] });
  now = Math.floor(workshop.clock.now() / 1000);
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(claims: unknown, key = app.privateKey, header: unknown = { alg: 'RS256', typ: 'JWT' }): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

const claims = (): Record<string, unknown> => ({ iat: now - 60, exp: now + 540, iss: app.clientId });

async function tokenOf(body: unknown = {}): Promise<Response> {
  const path = `/app/installations/${app.installationId}/access_tokens`;
  return workshop.ask(sign(claims()), path, { method: 'POST', body: JSON.stringify(body) });
}

const installationToken = async (body: unknown = {}): Promise<string> =>
  ((await (await tokenOf(body)).json()) as { token: string }).token;

describe('what an App signs', () => {
  it.each([
    ['its client id', (): unknown => claims()],
    ['its id as a text', (): unknown => ({ ...claims(), iss: String(app.id) })],
    ['its id', (): unknown => ({ ...claims(), iss: app.id })],
  ])('is taken with %s', async (_name, made) => {
    const response = await workshop.ask(sign(made()), '/app');

    expect([response.status, await response.json()]).toMatchObject([200, { id: app.id, slug: 'gate' }]);
  });

  const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreignPem = foreign.export({ type: 'pkcs1', format: 'pem' });
  it.each([
    ['another key', () => sign(claims(), String(foreignPem)), 'could not be decoded'],
    ['no algorithm', () => sign(claims(), app.privateKey, { alg: 'none' }), 'could not be decoded'],
    ['no JSON', () => `a.b.c`, 'could not be decoded'],
    ['an unknown issuer', () => sign({ ...claims(), iss: 1 }), "'Issuer' claim"],
    ['the past', () => sign({ ...claims(), exp: now }), "'Expiration time' claim ('exp') must be"],
    ['an hour', () => sign({ ...claims(), exp: now + 3600 }), 'too far in the future'],
    ['a text for a time', () => sign({ ...claims(), exp: 'soon' }), "'Expiration time' claim"],
    ['a later beginning', () => sign({ ...claims(), iat: now + 120 }), "'Issued at' claim"],
  ])('is refused with %s', async (_name, token, message) => {
    const response = await workshop.ask(token(), '/app');

    expect(response.status).toBe(401);
    expect(((await response.json()) as { message: string }).message).toContain(message);
  });

  it('opens nothing but the operations of Apps', async () => {
    const token = sign(claims());

    expect((await workshop.ask(token, '/repos/acme/shop')).status).toBe(404);
    expect((await workshop.ask(workshop.ann.token, '/app')).status).toBe(401);
  });

  it('finds the installation of a repository, where there is one', async () => {
    const found = await workshop.ask(sign(claims()), '/repos/acme/shop/installation');
    const none = await workshop.ask(sign(claims()), '/repos/acme/other/installation');

    expect(await found.json()).toMatchObject({ id: app.installationId, app_slug: 'gate' });
    expect(none.status).toBe(404);
  });
});

describe('the token of an installation', () => {
  it('has what the App has, for an hour', async () => {
    const response = await tokenOf();
    const data = (await response.json()) as { token: string };

    expect(response.status).toBe(201);
    expect(data).toMatchObject({
      expires_at: '2026-11-21T11:00:00Z',
      permissions: { contents: 'write', metadata: 'read' },
      repository_selection: 'selected',
    });
    expect((await workshop.ask(data.token, '/repos/acme/shop/branches')).status).toBe(200);
    expect((await workshop.ask(data.token, '/repos/acme/other')).status).toBe(404);
    workshop.clock.advance(3_600_000);
    expect((await workshop.ask(data.token, '/repos/acme/shop')).status).toBe(401);
  });

  it('has less when less is asked', async () => {
    const token = await installationToken({ permissions: { contents: 'read' }, repositories: ['shop'] });
    const post = { method: 'POST', body: JSON.stringify({ title: 'x' }) };
    const refused = await workshop.ask(token, '/repos/acme/shop/issues', post);

    expect((await workshop.ask(token, '/repos/acme/shop/branches')).status).toBe(200);
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { message: 'Resource not accessible by integration' },
    ]);
  });

  it.each([
    ['more permissions', { permissions: { deployments: 'write' } }, 'not granted to this installation'],
    ['another repository', { repositories: ['other'] }, 'not accessible to the parent installation'],
    ['no such repository', { repository_ids: [1] }, 'not accessible to the parent installation'],
  ])('is refused with %s', async (_name, body, message) => {
    const response = await tokenOf(body);

    expect(response.status).toBe(422);
    expect(((await response.json()) as { message: string }).message).toContain(message);
  });

  it('ends when it is revoked', async () => {
    const token = await installationToken();
    const revoked = await workshop.ask(token, '/installation/token', { method: 'DELETE' });
    const again = await workshop.ask(token, '/repos/acme/shop');
    const person = await workshop.ask(workshop.ann.token, '/installation/token', { method: 'DELETE' });

    expect([revoked.status, again.status, person.status]).toEqual([204, 401, 403]);
  });
});

describe('rules of branches and tags', () => {
  const pushed = async (token: string, ref: string, files: Record<string, string> = {}) => {
    const clone = await workshop.clone(workshop.bob);
    await clone.commit('Back from the release', files);
    const remote = `${workshop.host.serverUrl.replace('://', `://x-access-token:${token}@`)}/acme/shop.git`;
    return clone.git('push', '-q', '--force', remote, `HEAD:${ref}`);
  };

  it('let an App on their list push, and its push starts runs', async () => {
    const { code } = await pushed(await installationToken(), 'refs/heads/develop');

    expect(code).toBe(0);
    expect(workshop.events).toMatchObject([{ name: 'push', ref: 'refs/heads/develop', actor: 'gate[bot]' }]);
    expect(workshop.events[0]?.payload['sender']).toMatchObject({ login: 'gate[bot]', type: 'Bot' });
  });

  it('refuse a job, which may write elsewhere', async () => {
    const token = workshop.jobToken({ contents: 'write' });
    const refused = await pushed(token, 'refs/heads/develop');
    const elsewhere = await pushed(token, 'refs/heads/back-merge/v1.0.0');

    expect([refused.code, elsewhere.code]).toEqual([1, 0]);
    expect(workshop.events).toEqual([]);
  });

  it('refuse an App that is not on their list, by push and by REST', async () => {
    const stranger = workshop.host.addApp({
      slug: 'stranger',
      owner: 'acme',
      permissions: { contents: 'write' },
    });
    const path = `/app/installations/${stranger.installationId}/access_tokens`;
    const made = { ...claims(), iss: stranger.clientId };
    const response = await workshop.ask(sign(made, stranger.privateKey), path, { method: 'POST' });
    const { token } = (await response.json()) as { token: string };
    const clone = await workshop.clone(workshop.bob);
    const sha = await clone.commit('Elsewhere');
    await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/feature/a');
    const body = JSON.stringify({ sha });
    const moved = await workshop.ask(token, '/repos/acme/shop/git/refs/heads/develop', {
      method: 'PATCH',
      body,
    });

    expect((await pushed(token, 'refs/heads/develop')).code).toBe(1);
    expect([moved.status, await moved.json()]).toMatchObject([
      422,
      { message: expect.stringContaining('pull request') },
    ]);
  });

  it('let an App on their list make and move a tag, and no job', async () => {
    const job = workshop.jobToken({ contents: 'write' });
    const tag = 'refs/tags/v1.0.0';
    const set = await pushed(job, tag, { 'a.md': 'a\n' });
    const setByApp = await pushed(await installationToken(), tag, { 'a.md': 'b\n' });
    const moved = await pushed(job, tag, { 'a.md': 'c\n' });
    const movedByApp = await pushed(await installationToken(), tag, { 'a.md': 'd\n' });

    expect([set.code, setByApp.code, moved.code, movedByApp.code]).toEqual([1, 0, 1, 0]);
  });

  it('do not cover workflow files: those take the permission of that name', async () => {
    const files = { '.github/workflows/new.yml': 'on: push\n' };
    const refused = await pushed(await installationToken(), 'refs/heads/feature/b', files);
    const permitted = workshop.host.addApp({
      slug: 'author',
      owner: 'acme',
      permissions: { contents: 'write', workflows: 'write' },
    });
    const path = `/app/installations/${permitted.installationId}/access_tokens`;
    const made = { ...claims(), iss: permitted.clientId };
    const response = await workshop.ask(sign(made, permitted.privateKey), path, { method: 'POST' });
    const { token } = (await response.json()) as { token: string };

    expect(refused.code).toBe(1);
    expect(refused.shown).toContain('without `workflows` permission');
    expect((await pushed(token, 'refs/heads/feature/b', files)).code).toBe(0);
  });
});

describe('comments', () => {
  it('say who wrote them and through which App', async () => {
    const { number } = await workshop.bob.openIssue({ repository: 'acme/shop', title: 'Approval' });
    const bot = workshop.host.person('helper[bot]', { role: 'write' });
    const write = (token: string): Promise<Response> =>
      workshop.ask(token, `/repos/acme/shop/issues/${number}/comments`, {
        method: 'POST',
        body: JSON.stringify({ body: '/approve' }),
      });
    for (const token of [
      workshop.bob.token,
      bot.token,
      workshop.host.token('bob', 'gate'),
      await installationToken(),
      workshop.jobToken({ issues: 'write' }),
    ]) {
      expect((await write(token)).status).toBe(201);
    }
    const { data } = await workshop.ann.request('GET', `/repos/acme/shop/issues/${number}/comments`);
    const shown = (
      data as { user: { login: string; type: string }; performed_via_github_app: { slug: string } | null }[]
    ).map(({ user, performed_via_github_app: via }) => [user.login, user.type, via?.slug ?? null]);

    expect(shown).toEqual([
      ['bob', 'User', null],
      ['helper[bot]', 'Bot', null],
      ['bob', 'User', 'gate'],
      ['gate[bot]', 'Bot', 'gate'],
      ['github-actions[bot]', 'Bot', 'github-actions'],
    ]);
    // What a job writes starts nothing; what all others write does.
    expect(workshop.events.filter(({ name }) => name === 'issue_comment').map(({ actor }) => actor)).toEqual([
      'bob',
      'helper[bot]',
      'bob',
      'gate[bot]',
    ]);
  });
});
