// Faults of a registry while an image is published or promoted: what is tried again, what is not, what ends where.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageLayout, readLayout } from '@headgate/image/layout';
import { makeLayout } from '@headgate/image/testing/layouts';
import { createHttp } from '@headgate/kit/http';
import { createPersistence } from '@headgate/kit/registry/persistence';
import { parseImageName } from '@headgate/kit/registry/reference';
import { createRegistry, type Registry } from '@headgate/kit/registry/registry';
import { createTransport } from '@headgate/kit/registry/transport';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { digestOf, type RegistryDouble, startRegistry, type Trouble } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkFixedTags, lookUpTags, pushLayout, putTags } from '../src/publish.js';

let remote: RegistryDouble;
let layout: ImageLayout;
let deps: TestDeps;
let reports: string[];

beforeEach(async () => {
  remote = await startRegistry();
  deps = createTestDeps({ http: createHttp() });
  reports = [];
  const made = makeLayout();
  const image = (size: number, architecture: string) =>
    made.image([made.layer('gzip', size)], { os: 'linux', architecture });
  layout = await readLayout(made.finish(made.index([image(100_000, 'amd64'), image(20, 'arm64')])));
});

afterEach(async () => {
  await remote.close();
});

function open(host = remote.host): Registry {
  const image = parseImageName(`${host}/acme/shop`);
  const now = (): number => deps.clock.now();
  const credentials = { username: 'ci', password: 'a password' };
  const transport = createTransport({ image, credentials, actions: 'pull,push', http: deps.http, now });
  const onRetry = (report: string): void => {
    reports.push(report);
  };
  return createRegistry({
    image,
    transport,
    persist: createPersistence(image.host, { ...deps, onRetry }),
    signal: deps.signal,
  });
}

async function publish(fixed: readonly string[], moving: readonly string[] = []): Promise<readonly string[]> {
  const registry = open();
  await checkFixedTags(fixed, layout.root.digest, registry);
  const seen = await lookUpTags(moving, registry);
  const { manifest } = await pushLayout(layout, registry);
  return await putTags({ fixed, moving, seen }, manifest, registry);
}

/** Answers the first requests that fit with the given troubles, then lets the registry work. */
function stumble(fits: (method: string, path: string) => boolean, troubles: readonly Trouble[]): void {
  const left = [...troubles];
  remote.trouble = ({ method, path }) => (fits(method, path) ? (left.shift() ?? null) : null);
}

const isUploadPut = (method: string, path: string): boolean => method === 'PUT' && path.includes('/uploads/');
const isPost = (method: string): boolean => method === 'POST';
const put = (reference: string, text: string): void => {
  const kept = { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: Buffer.from(text) };
  remote.manifests.set(reference, kept);
};

describe('R1: 504 twice, then good', () => {
  it('is published, with both attempts in log and reports', async () => {
    stumble(isUploadPut, [{ status: 504 }, { status: 504 }]);

    expect(await publish(['1'])).toEqual(['1']);
    expect(deps.clock.sleeps).toEqual([1000, 2000]);
    expect(reports).toHaveLength(2);
    expect(deps.core.lines.filter((line) => line.includes('status 504'))).toHaveLength(2);
  });

  it('spreads its pauses by chance, so that many jobs do not return at once', async () => {
    deps = createTestDeps({ http: createHttp(), random: () => 0.1 });
    stumble(isUploadPut, [{ status: 504 }]);
    await publish(['1']);

    expect(deps.clock.sleeps).toEqual([600]);
  });
});

describe('R2: 429', () => {
  it.each([
    ['seconds', '2'],
    ['a date', new Date(Date.UTC(2026, 0, 1) + 2000).toUTCString()],
  ])('waits as long as Retry-After says in %s', async (_what, value) => {
    stumble(isPost, [{ status: 429, headers: { 'retry-after': value } }]);
    await publish(['1']);

    expect(deps.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(2000);
  });
});

describe('R3: a connection reset in the middle of a blob', () => {
  it('sends the blob again from its beginning, whole', async () => {
    stumble(isUploadPut, [{ cutAfter: 1 }]);
    await publish(['1']);

    for (const [digest, bytes] of remote.blobs) expect(digestOf(bytes)).toBe(digest);
    expect(remote.blobs.size).toBe(4);
    expect(reports).toHaveLength(1);
    expect(remote.openUploads.size).toBe(0);
  });
});

describe('R4: a token that runs out in the middle of a push', () => {
  const challenge = (): Trouble => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="http://${remote.host}/token",service="s"` },
  });

  it('logs in once more and goes on', async () => {
    let tokens = 0;
    remote.trouble = ({ path, method, authorization }) => {
      if (path === '/token') {
        tokens += 1;
        return { status: 200, body: JSON.stringify({ token: `t${tokens}` }) };
      }
      if (tokens === 1 && method === 'PUT' && path.includes('/manifests/')) return challenge();
      return authorization === `Bearer t${tokens}` ? null : challenge();
    };

    expect(await publish(['1'])).toEqual(['1']);
    expect(tokens).toBe(2);
  });

  it('does not log in for ever where no token helps', async () => {
    let tokens = 0;
    remote.trouble = ({ path }) => {
      if (path !== '/token') return challenge();
      tokens += 1;
      return { status: 200, body: '{"token":"useless"}' };
    };

    await expect(publish(['1'])).rejects.toMatchObject({ code: 'registry-auth' });
    expect([tokens, reports]).toEqual([1, []]);
  });
});

describe('R5: 403', () => {
  it('is refused at once, naming the account and what it may not', async () => {
    stumble(isPost, [{ status: 403, body: '{"errors":[{"code":"DENIED"}]}' }]);

    await expect(publish(['1'])).rejects.toMatchObject({
      code: 'registry-auth',
      message: expect.stringMatching(/acme\/shop as ci: it answered 403 \(DENIED\)/),
    });
    expect(deps.clock.sleeps).toEqual([]);
  });
});

describe('R6: an immutable tag', () => {
  it('at the same digest is success, and not put again', async () => {
    await publish(['1']);
    remote.trouble = ({ method, path }) =>
      method === 'PUT' && path.endsWith('/1')
        ? { status: 400, body: '{"errors":[{"code":"DENIED"}]}' }
        : null;

    expect(await publish(['1'])).toEqual(['1']);
  });

  it('at another digest is a failure naming both', async () => {
    put('1', '{"other":true}');

    const problem: unknown = await publish(['1']).catch((error: unknown) => error);

    expect(problem).toMatchObject({ code: 'tag-conflict' });
    expect(String(problem)).toContain(layout.root.digest);
    expect(String(problem)).toContain(digestOf(Buffer.from('{"other":true}')));
  });
});

describe('R7: a manifest that is unknown just after it was put', () => {
  const isGet =
    (end: string) =>
    (method: string, path: string): boolean =>
      method === 'GET' && path.endsWith(end);

  it.each(['digest', 'tag'])('is looked up again by its %s', async (what) => {
    let asked = 0;
    const fits = isGet(what === 'digest' ? layout.root.digest : '/1');
    remote.trouble = ({ method, path }) => {
      if (!fits(method, path)) return null;
      asked += 1;
      // The first three looks at a tag are whether it is free.
      return asked <= (what === 'digest' ? 2 : 5) ? { status: 404 } : null;
    };

    expect(await publish(['1'])).toEqual(['1']);
    expect(reports).toHaveLength(2);
    expect(reports[0]).toContain('it shows nothing yet; trying again');
  });

  it('is a mismatch when it never shows', async () => {
    remote.trouble = ({ method, path }) => (isGet(layout.root.digest)(method, path) ? { status: 404 } : null);

    await expect(publish(['1'])).rejects.toMatchObject({
      code: 'push-mismatch',
      message: expect.stringContaining('returns nothing'),
    });
    expect(remote.tags()).toEqual([]);
  });

  it('waits for a moving tag that still shows what it named before', async () => {
    put('develop', '{"before":true}');
    const before = Buffer.from('{"before":true}').toString();
    let moved = 0;
    remote.trouble = ({ method, path }) => {
      if (!path.endsWith('/develop')) return null;
      if (method === 'PUT') moved += 1;
      if (method !== 'GET' || moved === 0 || moved > 2) return null;
      moved += 1;
      return { status: 200, body: before };
    };

    expect(await publish([], ['develop'])).toEqual(['develop']);
    expect(reports.length).toBeGreaterThan(0);
  });
});

describe('R8: a blob of another repository', () => {
  const blob = Buffer.from('a layer');
  const descriptor = { mediaType: 'x', digest: digestOf(blob) as `sha256:${string}`, size: blob.length };
  const unseen = (method: string): Trouble | null => (method === 'HEAD' ? { status: 404 } : null);

  it('is mounted without its bytes', async () => {
    remote.blobs.set(descriptor.digest, blob);
    remote.trouble = ({ method }) => unseen(method);

    expect(await open().mountBlob(descriptor, 'acme/base')).toBe(true);
    const query = new URLSearchParams(remote.seen.find((one) => one.method === 'POST')?.query);
    expect([query.get('mount'), query.get('from')]).toEqual([descriptor.digest, 'acme/base']);
  });

  it.each<[string, Trouble | null]>([
    ['an upload opened instead', null],
    ['a refusal', { status: 403 }],
    ['a registry that knows no mounts', { status: 405 }],
  ])('is left to an upload after %s, which then works', async (_what, trouble) => {
    remote.trouble = ({ method }) => (method === 'POST' ? trouble : unseen(method));
    const registry = open();

    expect(await registry.mountBlob(descriptor, 'acme/base')).toBe(false);
    expect(remote.openUploads.size).toBe(0);
    remote.trouble = () => null;
    const path = join(deps.temporary, 'blob');
    writeFileSync(path, blob);
    expect(await registry.putBlob(descriptor, path)).toBe('uploaded');
  });
});

describe('R9: a promotion', () => {
  it.each(['a bare manifest', 'an index'])('of %s keeps its digest, byte for byte', async (what) => {
    const registry = open();
    await pushLayout(layout, registry);
    const digest = what === 'an index' ? layout.root.digest : (layout.manifests[0]?.descriptor.digest ?? '');
    const found = await registry.findManifest(digest);
    if (found === null) throw new Error('it was pushed');

    expect(await putTags({ fixed: ['1.0.0'], moving: ['stable'] }, found, registry)).toEqual([
      '1.0.0',
      'stable',
    ]);
    for (const tag of ['1.0.0', 'stable']) {
      const promoted = remote.manifests.get(tag);
      expect(digestOf(promoted?.bytes ?? Buffer.alloc(0))).toBe(digest);
      expect(promoted?.mediaType).toBe(found.mediaType);
    }
  });
});

describe('R10: a tag that moves between gate and tag', () => {
  /** Another run moves the tag while the root is read back. */
  function moveMeanwhile(tag: string): void {
    remote.trouble = ({ method, path }) => {
      if (method === 'GET' && path.endsWith(layout.root.digest)) put(tag, '{"theirs":true}');
      return null;
    };
  }

  it.each([
    ['fixed', ['1'], []],
    ['moving', [], ['develop']],
  ])('is detected when it is %s, and left as it is', async (_kind, fixed, moving) => {
    moveMeanwhile([...fixed, ...moving][0] ?? '');

    await expect(publish(fixed, moving)).rejects.toMatchObject({
      code: 'tag-conflict',
      message: expect.stringContaining(digestOf(Buffer.from('{"theirs":true}'))),
    });
    expect(remote.manifests.get([...fixed, ...moving][0] ?? '')?.bytes.toString()).toBe('{"theirs":true}');
  });

  it('is no conflict when the other run put the same image', async () => {
    remote.trouble = ({ method, path }) => {
      const root = remote.manifests.get(layout.root.digest);
      if (method === 'GET' && path.endsWith(layout.root.digest) && root !== undefined)
        remote.manifests.set('develop', root);
      return null;
    };

    expect(await publish([], ['develop'])).toEqual(['develop']);
  });
});

describe('a registry that cannot be reached for good', () => {
  it.each(['ENOTFOUND', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'is not asked again after %s',
    async (code) => {
      const cause = Object.assign(new Error(code), { code });
      deps = createTestDeps({ http: () => Promise.reject(new Error('failed', { cause })) });

      await expect(open().findManifest('1')).rejects.toMatchObject({ code: 'registry-unavailable' });
      expect(deps.clock.sleeps).toEqual([]);
    },
  );
});
