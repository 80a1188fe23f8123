// Publishing to a registry that refuses, stumbles, challenges or disagrees: what is sent, what is said, what stays.

import { type ImageLayout, readLayout } from '@headgate/image/layout';
import { makeLayout } from '@headgate/image/testing/layouts';
import { createHttp } from '@headgate/kit/http';
import { parseRetryAfter } from '@headgate/kit/registry/fault';
import type { Credentials } from '@headgate/kit/registry/login';
import { createPersistence } from '@headgate/kit/registry/persistence';
import { parseImageName } from '@headgate/kit/registry/reference';
import { createRegistry, type Registry } from '@headgate/kit/registry/registry';
import { createTransport } from '@headgate/kit/registry/transport';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { digestOf, type RegistryDouble, startRegistry, type Trouble } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkFixedTags, pushLayout, putTags } from '../src/publish.js';

let remote: RegistryDouble;
let layout: ImageLayout;
let deps: TestDeps;

beforeEach(async () => {
  remote = await startRegistry();
  deps = createTestDeps({ http: createHttp() });
  const made = makeLayout();
  const image = (size: number, architecture: string) =>
    made.image([made.layer('gzip', size)], { os: 'linux', architecture });
  layout = await readLayout(made.finish(made.index([image(10, 'amd64'), image(20, 'arm64')])));
});

afterEach(async () => {
  await remote.close();
});

function open(credentials: Credentials | null = null): Registry {
  const image = parseImageName(`${remote.host}/acme/shop`);
  const now = (): number => deps.clock.now();
  const transport = createTransport({ image, credentials, actions: 'pull,push', http: deps.http, now });
  return createRegistry({
    image,
    transport,
    persist: createPersistence(image.host, deps),
    signal: deps.signal,
  });
}

async function publish(registry: Registry, fixed: readonly string[], moving: readonly string[] = []) {
  await checkFixedTags(fixed, layout.root.digest, registry);
  const { manifest } = await pushLayout(layout, registry);
  return await putTags({ fixed, moving }, manifest, registry);
}

/** Answers the first requests that fit with the given troubles, then lets the registry work. */
function stumble(fits: (method: string, path: string) => boolean, troubles: readonly Trouble[]): void {
  const left = [...troubles];
  remote.trouble = ({ method, path }) => (fits(method, path) ? (left.shift() ?? null) : null);
}

const isUploadPut = (method: string, path: string): boolean => method === 'PUT' && path.includes('/uploads/');

describe('publishing', () => {
  it('sends blobs, then manifests by digest, the index last, and tags only after reading it back', async () => {
    const tags = await publish(open(), ['1.2.3'], ['develop']);

    expect(tags).toEqual(['1.2.3', 'develop']);
    const puts = remote.seen
      .filter((one) => one.method === 'PUT')
      .map((one) => one.path.split('/').slice(-2).join('/'));
    expect(puts.slice(-5)).toEqual([
      ...layout.manifests.map(({ descriptor }) => `manifests/${descriptor.digest}`),
      `manifests/${layout.root.digest}`,
      'manifests/1.2.3',
      'manifests/develop',
    ]);
    const readBack = remote.seen.findIndex(
      (one) => one.method === 'GET' && one.path.endsWith(layout.root.digest),
    );
    const tagged = remote.seen.findIndex((one) => one.method === 'PUT' && one.path.endsWith('/1.2.3'));
    expect(readBack).toBeGreaterThan(-1);
    expect(readBack).toBeLessThan(tagged);
    expect(remote.openUploads.size).toBe(0);
  });

  it('sends nothing twice', async () => {
    await publish(open(), ['1.2.3']);
    const before = remote.seen.length;

    const { uploaded, present, bytes } = await pushLayout(layout, open());

    expect({ uploaded, bytes }).toEqual({ uploaded: 0, bytes: 0 });
    expect(present).toBe(4);
    expect(remote.seen.slice(before).some((one) => one.method === 'POST')).toBe(false);
  });

  it('succeeds when a fixed tag is already at this digest', async () => {
    await publish(open(), ['1.2.3']);

    expect(await publish(open(), ['1.2.3'])).toEqual(['1.2.3']);
    expect(remote.seen.filter((one) => one.method === 'PUT' && one.path.endsWith('/1.2.3'))).toHaveLength(1);
  });

  it('refuses a fixed tag at another digest before anything is sent, naming both digests', async () => {
    const other = Buffer.from('{"schemaVersion":2}');
    remote.manifests.set('1.2.3', { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: other });

    const problem: unknown = await publish(open(), ['1.2.3'], ['develop']).catch((error: unknown) => error);

    expect(problem).toMatchObject({
      code: 'tag-conflict',
      message: expect.stringContaining(digestOf(other)),
    });
    expect(String(problem)).toContain(layout.root.digest);
    expect(remote.seen.every((one) => one.method === 'GET')).toBe(true);
    expect(remote.tags()).toEqual(['1.2.3']);
  });

  it('moves a moving tag', async () => {
    remote.manifests.set('develop', { mediaType: 'x', bytes: Buffer.from('{}') });

    await publish(open(), [], ['develop']);

    expect(remote.manifests.get('develop')).toEqual(remote.manifests.get(layout.root.digest));
  });

  it('puts no tag at all when one of several fixed ones conflicts', async () => {
    const registry = open();
    const { manifest } = await pushLayout(layout, registry);
    remote.manifests.set('b', { mediaType: 'x', bytes: Buffer.from('{}') });

    await expect(
      putTags({ fixed: ['a', 'b'], moving: ['develop'] }, manifest, registry),
    ).rejects.toMatchObject({ code: 'tag-conflict' });
    expect(remote.tags()).toEqual(['b']);
  });

  it('tags nothing when the registry gives back other bytes than were sent', async () => {
    remote.trouble = ({ method, path }) =>
      method === 'GET' && path.endsWith(layout.root.digest)
        ? { status: 200, body: '{"changed":true}' }
        : null;

    await expect(publish(open(), [], ['develop'])).rejects.toMatchObject({ code: 'push-mismatch' });
    expect(remote.tags()).toEqual([]);
  });

  it('believes no digest that the registry echoes wrongly', async () => {
    remote.trouble = ({ method, path }) =>
      isUploadPut(method, path)
        ? { status: 201, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
        : null;

    await expect(publish(open(), ['1'])).rejects.toMatchObject({ code: 'push-mismatch' });
  });
});

describe('faults that may pass', () => {
  it('survives two 500 answers and a cut connection, reporting each', async () => {
    stumble(isUploadPut, [{ status: 500 }, { cut: true }, { status: 503 }]);

    await publish(open(), ['1.2.3']);

    expect(remote.tags()).toEqual(['1.2.3']);
    const reports = deps.core.lines.filter((line) => line.includes('trying again'));
    expect(reports).toHaveLength(3);
    expect(reports[0]).toMatch(/attempt 1 of 6.*status 500/);
    expect(deps.clock.sleeps).toEqual([1000, 2000, 4000]);
    expect(remote.openUploads.size).toBe(0);
  });

  it('waits as long as Retry-After says', async () => {
    stumble((method) => method === 'POST', [{ status: 429, headers: { 'retry-after': '30' } }]);

    await publish(open(), ['1.2.3']);

    expect(deps.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(30_000);
  });

  it('does not wait for a Retry-After beyond its deadline', async () => {
    stumble((method) => method === 'POST', [{ status: 429, headers: { 'retry-after': '86400' } }]);

    await expect(publish(open(), ['1.2.3'])).rejects.toMatchObject({ code: 'registry-unavailable' });
    expect(deps.clock.sleeps).toEqual([]);
  });

  it('gives up after six attempts without a tag', async () => {
    remote.trouble = ({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/') ? { status: 502 } : null;

    await expect(publish(open(), ['1.2.3'])).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringContaining('502'),
    });
    expect(deps.core.lines.filter((line) => line.includes('attempt'))).toHaveLength(6);
    expect(remote.tags()).toEqual([]);
  });

  it.each([401, 403])('never repeats after %d', async (status) => {
    remote.trouble = ({ method }) =>
      method === 'POST' ? { status, body: '{"errors":[{"code":"DENIED"}]}' } : null;

    await expect(publish(open(), ['1.2.3'])).rejects.toMatchObject({ code: 'registry-auth' });
    expect(remote.seen.filter((one) => one.method === 'POST')).toHaveLength(1);
    expect(deps.clock.sleeps).toEqual([]);
  });

  it('says what a registry refuses for good', async () => {
    stumble(isUploadPut, [{ status: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' }]);

    await expect(publish(open(), ['1'])).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining('DIGEST_INVALID'),
    });
    expect(deps.clock.sleeps).toEqual([]);
    expect(remote.openUploads.size).toBe(0);
  });

  it('takes a started upload back when the job is cancelled, and tags nothing', async () => {
    const controller = new AbortController();
    deps = createTestDeps({ http: createHttp(), signal: controller.signal });
    remote.trouble = ({ method, path }) => {
      if (isUploadPut(method, path)) controller.abort(new Error('the job was cancelled'));
      return null;
    };

    await expect(publish(open(), ['1.2.3'])).rejects.toThrow('the job was cancelled');
    expect(remote.openUploads.size).toBe(0);
    expect(remote.seen.some((one) => one.method === 'DELETE')).toBe(true);
    expect(remote.tags()).toEqual([]);
  });
});

describe('logging in', () => {
  const credentials = { username: 'ci', password: 'correct horse' };
  const basic = `Basic ${Buffer.from('ci:correct horse').toString('base64')}`;

  it('answers a Basic challenge with the credentials', async () => {
    remote.trouble = ({ authorization }) =>
      authorization === basic ? null : { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };

    await publish(open(credentials), ['1']);

    expect(remote.tags()).toEqual(['1']);
  });

  it('fetches a token for exactly this repository, and a new one when it has run out', async () => {
    let valid = 0;
    const asked: string[] = [];
    remote.trouble = ({ path, authorization, method }) => {
      if (path === '/token') {
        valid += 1;
        asked.push(authorization ?? '');
        return { status: 200, body: JSON.stringify({ token: `t${valid}` }) };
      }
      // The first token runs out in the middle of the push.
      if (valid === 1 && isUploadPut(method, path)) return challenge();
      return authorization === `Bearer t${valid}` ? null : challenge();
    };
    const challenge = (): Trouble => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="http://${remote.host}/token",service="svc"` },
    });

    await publish(open(credentials), ['1']);

    expect(asked).toEqual([basic, basic]);
    const query = remote.seen.find((one) => one.path === '/token')?.query;
    expect(new URLSearchParams(query)).toEqual(
      new URLSearchParams({ service: 'svc', scope: 'repository:acme/shop:pull,push', account: 'ci' }),
    );
    expect(remote.tags()).toEqual(['1']);
  });

  it('asks for an anonymous token without credentials', async () => {
    remote.trouble = ({ path, authorization }) => {
      if (path === '/token') return { status: 200, body: '{"access_token":"anonymous"}' };
      if (authorization === 'Bearer anonymous') return null;
      return { status: 401, headers: { 'www-authenticate': `Bearer realm="http://${remote.host}/token"` } };
    };

    await publish(open(), ['1']);

    expect(remote.seen.find((one) => one.path === '/token')?.authorization).toBeNull();
  });

  it.each([
    ['http://auth.example/token', /not an https address/],
    ['ftp://127.0.0.1/token', /not an https address/],
    ['nonsense', /not an https address/],
  ])('sends no credentials to the realm %s', async (realm, message) => {
    remote.trouble = () => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } });

    await expect(publish(open(credentials), ['1'])).rejects.toMatchObject({
      code: 'registry-auth',
      message: expect.stringMatching(message),
    });
  });

  it('names the account and the secret when a token is refused, never the password', async () => {
    remote.trouble = ({ path }) =>
      path === '/token'
        ? { status: 401 }
        : { status: 401, headers: { 'www-authenticate': `Bearer realm="http://${remote.host}/token"` } };

    const problem: unknown = await publish(open(credentials), ['1']).catch((error: unknown) => error);

    expect(problem).toMatchObject({
      code: 'registry-auth',
      message: expect.stringContaining('as ci'),
      hint: expect.stringContaining(remote.host),
    });
    expect(JSON.stringify([problem, String(problem)])).not.toContain(credentials.password);
  });

  it('keeps credentials away from a storage host that an upload is sent to', async () => {
    const storage = await startRegistry();
    storage.trouble = ({ method }) => (method === 'PUT' ? { status: 201 } : null);
    remote.trouble = ({ method, path, authorization }) => {
      if (authorization !== basic) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
      if (method === 'POST')
        return { status: 202, headers: { location: `http://${storage.host}/bucket/key?signature=s` } };
      return path.includes('/manifests/') ? null : { status: 404 };
    };

    // Closed before anything is judged: a failed test must still let the run end.
    await pushLayout(layout, open(credentials)).finally(() => storage.close());

    const puts = storage.seen.filter((one) => one.method === 'PUT');
    expect(puts).toHaveLength(4);
    expect(
      puts.every((one) => one.authorization === null && one.query.startsWith('?signature=s&digest=sha256')),
    ).toBe(true);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['2', 2000],
    [' 120 ', 120_000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
    ['-1', null],
    [null, null],
  ])('%s: %s', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
