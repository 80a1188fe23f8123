// GitHub over a real socket: pages, permissions, limits, retries, deadlines, and a token that stays at home.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GitHub } from '../src/github.js';
import { connectGitHub } from '../src/github.js';
import { createHttp } from '../src/http.js';
import { startTestServer, type TestServer } from '../src/testing/http-server.js';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

describe('request', () => {
  it('fills owner and repository in, and says who asks for which version', async () => {
    server.on('GET /repos/acme/shop/actions/runs/7', { json: { id: 7 } });
    const github = await connect();

    const { status, data } = await github.request<{ id: number }>(
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
      { run_id: 7 },
    );

    expect([status, data.id]).toEqual([200, 7]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'token t0ken-value',
      'x-github-api-version': '2022-11-28',
      'user-agent': expect.stringContaining('headgate'),
    });
  });

  it('sends a body, hostile text included', async () => {
    server.on('POST /repos/acme/shop/deployments', { status: 201, json: { id: 1 } });

    await (await connect()).request('POST /repos/{owner}/{repo}/deployments', {
      ref: 'a/../b\n"',
      required_contexts: [],
    });

    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ ref: 'a/../b\n"', required_contexts: [] });
  });

  it('says nothing of the repository where the route does not ask for it', async () => {
    server.on('POST /app/installations/42/access_tokens', { status: 201, json: { token: 't' } });

    await (await connect()).request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: 42,
      repositories: ['shop'],
    });

    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ repositories: ['shop'] });
  });

  it('keeps a hostile path parameter inside its place', async () => {
    server.on('GET /repos/acme/shop/rules/branches/../../x?y', { json: [] });

    await (await connect()).request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
      branch: '../../x?y',
    });

    expect(server.requests[0]?.query.size).toBe(0);
  });

  it.each([
    [403, 'contents=write', 'Add `contents: write` to `permissions:` of the job.'],
    [404, 'actions=read', 'Add `actions: read` to `permissions:` of the job.'],
    [
      403,
      'pull_requests=write,contents=read; issues=write',
      'Add `pull-requests: write` and `contents: read`, or `issues: write` to `permissions:` of the job.',
    ],
    [403, 'metadata=<script>', 'Add the permission this call needs'],
    [404, '', 'See that it exists; if it does, add the permission'],
  ])('names the permission to add for %d with %j', async (status, accepted, hint) => {
    server.on('GET /repos/acme/shop/x', {
      status,
      json: { message: 'no' },
      headers: { 'x-accepted-github-permissions': accepted },
    });

    await expect((await connect()).request('GET /repos/{owner}/{repo}/x')).rejects.toMatchObject({
      code: 'github-permission',
      message: expect.stringContaining(`GET /repos/{owner}/{repo}/x answered ${status}: `),
      hint: expect.stringContaining(hint),
      cause: { status },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('says when the quota is back', async () => {
    server.on('GET /repos/acme/shop/x', {
      status: 403,
      json: { message: 'API rate limit exceeded' },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' },
    });

    await expect((await connect()).request('GET /repos/{owner}/{repo}/x')).rejects.toMatchObject({
      code: 'github-rate-limit',
      hint: expect.stringContaining('after 2100-01-01T00:00:00.000Z'),
    });
  });

  it('tries again after a server error', async () => {
    server.on('GET /repos/acme/shop/x', (_, call) =>
      call === 1 ? { status: 502, body: 'bad' } : { json: { ok: true } },
    );

    expect((await (await connect({ retries: 1 })).request('GET /repos/{owner}/{repo}/x')).data).toEqual({
      ok: true,
    });
    expect(server.requests).toHaveLength(2);
  });

  it('does not repeat a POST after a server error: it may have been carried out', async () => {
    server.on('POST /repos/acme/shop/deployments', { status: 502, body: 'bad' });
    const github = await connect({ retries: 2 });

    await expect(github.request('POST /repos/{owner}/{repo}/deployments', { ref: 'x' })).rejects.toThrow();
    expect(server.requests).toHaveLength(1);
  });

  it('ends at its deadline, whatever it is waiting for', async () => {
    server.on('GET /repos/acme/shop/hang', { fault: 'hang' });
    server.on('GET /repos/acme/shop/down', { status: 500, json: {} });
    const github = await connect({ deadlineMs: 100, retries: 2 });

    for (const route of ['GET /repos/{owner}/{repo}/hang', 'GET /repos/{owner}/{repo}/down']) {
      await expect(github.request(route)).rejects.toMatchObject({ code: 'github-timed-out' });
    }
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    server.on('GET /repos/acme/shop/hang', () => {
      controller.abort(reason);
      return { fault: 'hang' };
    });

    await expect(
      (await connect({ signal: controller.signal })).request('GET /repos/{owner}/{repo}/hang'),
    ).rejects.toBe(reason);
  });

  it('refuses an empty token before any request', async () => {
    await expect(connect({ token: '' })).rejects.toMatchObject({ code: 'github-token-missing' });
    expect(server.requests).toHaveLength(0);
  });

  it('never shows the token in an error', async () => {
    server.on('GET /repos/acme/shop/x', { status: 422, json: { message: 'no' } });
    const error = (await (
      await connect()
    )
      .request('GET /repos/{owner}/{repo}/x')
      .catch((caught: unknown) => caught)) as Error;

    expect(
      JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause }),
    ).not.toContain('t0ken-value');
  });
});

describe('paginate', () => {
  it('reads all pages of a named list', async () => {
    server.on('GET /repos/acme/shop/actions/artifacts', (request) => {
      const page = Number(request.query.get('page'));
      const link =
        page < 3 ? { link: `<${server.url}/repositories/1/artifacts?page=${page + 1}>; rel="next"` } : {};
      return { json: { total_count: 3, artifacts: [{ id: page }] }, headers: link };
    });

    const list = await (await connect()).paginate<{ id: number }>(
      'GET /repos/{owner}/{repo}/actions/artifacts',
      { name: 'n' },
      'artifacts',
    );

    expect(list.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(server.requests.map(({ query }) => [query.get('name'), query.get('per_page')])).toEqual(
      Array(3).fill(['n', '100']),
    );
  });

  it('does not take an answer for a list that is none', async () => {
    server.on('GET /repos/acme/shop/x', { json: { message: 'moved' } });

    await expect((await connect()).paginate('GET /repos/{owner}/{repo}/x')).rejects.toMatchObject({
      code: 'github-failed',
    });
    await expect((await connect()).paginate('GET /repos/{owner}/{repo}/x', {}, 'runs')).rejects.toThrow(
      'a list named runs',
    );
  });
});

describe('downloadArtifact', () => {
  const path = '/repos/acme/shop/actions/artifacts/9/zip';

  it('follows the redirect without the token', async () => {
    const storage = await startTestServer();
    storage.on('GET /blob', { body: Uint8Array.of(0x50, 0x4b, 0, 255) });
    server.on(`GET ${path}`, { status: 302, headers: { location: `${storage.url}/blob?sig=1` } });

    const bytes = await (await connect()).downloadArtifact(9);

    expect([...bytes]).toEqual([0x50, 0x4b, 0, 255]);
    expect(server.requests[0]?.headers['authorization']).toBe('token t0ken-value');
    expect(storage.requests[0]?.headers['authorization']).toBeUndefined();
    await storage.close();
  });

  it('says so when the storage has it no more', async () => {
    server.on(`GET ${path}`, { status: 302, headers: { location: '/gone' } });

    await expect((await connect()).downloadArtifact(9)).rejects.toThrow(
      'status 200 from the storage, not 404',
    );
  });
});

describe('downloadAsset', () => {
  it('asks for the bytes of a file of a release, not for its description', async () => {
    const storage = await startTestServer();
    storage.on('GET /blob', { body: Uint8Array.of(1, 2, 3) });
    server.on('GET /repos/acme/shop/releases/assets/5', {
      status: 302,
      headers: { location: `${storage.url}/blob` },
    });

    const bytes = await (await connect()).downloadAsset(5);

    expect([...bytes]).toEqual([1, 2, 3]);
    expect(server.requests[0]?.headers['accept']).toBe('application/octet-stream');
    expect(storage.requests[0]?.headers['authorization']).toBeUndefined();
    await storage.close();
  });
});

interface Options {
  readonly token?: string;
  readonly deadlineMs?: number;
  readonly retries?: number;
  readonly signal?: AbortSignal;
}

function connect({ token = 't0ken-value', retries = 0, ...options }: Options = {}): Promise<GitHub> {
  const repository = { owner: 'acme', name: 'shop', fullName: 'acme/shop' };
  return connectGitHub(token, { apiUrl: server.url, repository, http: createHttp(), retries, ...options });
}
