// Promotion between repositories of a registry on loopback: the same bytes, with everything attached, and nothing built.
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { digestOf } from '@headgate/kit/testing/registry';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type RegistryHabits, type Repositories, startRepositories } from './repositories.js';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const usual: RegistryHabits = { mount: 'yes', referrers: true };

let registry: Repositories;
let deps: TestDeps;

afterEach(() => registry.close());

async function prepare(habits: RegistryHabits = usual): Promise<void> {
  registry = await startRepositories(habits);
  deps = createTestDeps({ http: createHttp() });
}

interface Named {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function put(content: object | string, mediaType: string, tag?: string): Named {
  const { blobs, manifests } = registry.repository('acme/dev');
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const digest = digestOf(bytes);
  if (mediaType === manifestType || mediaType === indexType) {
    manifests.set(digest, { mediaType, bytes });
    if (tag !== undefined) manifests.set(tag, { mediaType, bytes });
  } else blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

function image(name: string, extra: object = {}): Named {
  const config = put({ os: 'linux', architecture: name }, 'application/vnd.oci.image.config.v1+json');
  const layers = [put(`layer of ${name}`, 'application/vnd.oci.image.layer.v1.tar')];
  return put({ schemaVersion: 2, mediaType: manifestType, config, layers, ...extra }, manifestType);
}

/** Two platforms and an attestation, as BuildKit writes them. */
function index(): Named {
  const manifests = [
    { ...image('amd64'), platform: { os: 'linux', architecture: 'amd64' } },
    { ...image('arm64'), platform: { os: 'linux', architecture: 'arm64' } },
    { ...image('attestation'), platform: { os: 'unknown', architecture: 'unknown' } },
  ];
  return put({ schemaVersion: 2, mediaType: indexType, manifests }, indexType);
}

function promote(root: Named, settings: Readonly<Record<string, unknown>>): Promise<ActionResult> {
  const all = {
    mode: 'promote',
    leg: 'shop',
    'image-ref': `${registry.host}/acme/dev@${root.digest}`,
    ...settings,
  };
  const core = createTestCore({ settings: JSON.stringify(all) });
  return run(readInputs(createInputReader(inputSpecs, core)), deps);
}

const target = () => registry.repository('acme/prod');
const writes = (): readonly string[] =>
  registry.seen.filter((line) => /^(?:PUT|POST|PATCH|DELETE)/.test(line));

describe('a promotion', () => {
  it.each([
    ['a bare manifest', () => image('amd64'), 1],
    ['an index with an attestation', () => index(), 4],
  ])('of %s gives another repository the same digest', async (_what, make, count) => {
    await prepare();
    const root = make();

    const result = await promote(root, {
      image: `${registry.host}/acme/prod`,
      tags: ['1.4.0'],
      'moving-tags': ['latest'],
    });

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({
      digest: root.digest,
      'image-ref': `${registry.host}/acme/prod@${root.digest}`,
      tags: '1.4.0\nlatest',
    });
    for (const tag of ['1.4.0', 'latest'])
      expect(digestOf(target().manifests.get(tag)?.bytes ?? Buffer.alloc(0))).toBe(root.digest);
    expect([...target().manifests.keys()].filter((name) => name.startsWith('sha256:'))).toHaveLength(count);
    expect(target().blobs).toEqual(registry.repository('acme/dev').blobs);
    // Everything was mounted: no byte of a layer went over this machine.
    expect(registry.seen.filter((line) => /^GET .*\/blobs\//.test(line))).toEqual([]);
  });

  it('names the platforms of an index and the configuration of a bare manifest', async () => {
    await prepare();
    const both = await promote(index(), { tags: ['1'] });
    const one = await promote(image('amd64'), { tags: ['2'] });

    expect(Object.keys(JSON.parse(String(both.outputs['platform-digests'])) as object)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect([both.outputs['image-id'], one.outputs['image-id']]).toEqual([
      '',
      expect.stringMatching(/^sha256:/),
    ]);
  });

  it.each<[string, RegistryHabits]>([
    ['does not mount', { ...usual, mount: 'no' }],
    ['refuses to mount', { ...usual, mount: 'refused' }],
    ['redirects to its storage', { ...usual, mount: 'no', redirects: true }],
  ])('carries the blobs where the registry %s, and leaves no upload open', async (_what, habits) => {
    await prepare(habits);

    const result = await promote(index(), { image: `${registry.host}/acme/prod`, tags: ['1.4.0'] });

    expect(result.failure).toBeUndefined();
    expect(target().blobs).toEqual(registry.repository('acme/dev').blobs);
    expect([...registry.openUploads]).toEqual([]);
  });

  it('within its repository only puts tags', async () => {
    await prepare();
    const root = index();

    await promote(root, { 'moving-tags': ['production'] });

    expect(writes()).toEqual(['PUT /v2/acme/dev/manifests/production']);
  });

  it('into several repositories checks every fixed tag before it sends anything', async () => {
    await prepare();
    const root = index();
    registry
      .repository('acme/other')
      .manifests.set('1.4.0', { mediaType: manifestType, bytes: Buffer.from('{}') });

    await expect(
      promote(root, {
        image: `${registry.host}/acme/other`,
        tags: ['1.4.0', `${registry.host}/acme/prod:1.4.0`],
      }),
    ).rejects.toMatchObject({ code: 'tag-conflict' });
    expect(writes()).toEqual([]);
  });

  it.each([
    ['the API to the API', true],
    ['the fallback tag to the fallback tag', false],
  ])('carries what refers to the image, from %s', async (_what, hasApi) => {
    await prepare({ ...usual, referrers: hasApi });
    const root = index();
    const signature = image('signature', { subject: root });
    const ofSignature = image('signature of the signature', { subject: signature });
    if (!hasApi) {
      for (const [subject, entry] of [
        [root, signature],
        [signature, ofSignature],
      ] as const)
        put(
          { schemaVersion: 2, mediaType: indexType, manifests: [entry] },
          indexType,
          subject.digest.replace(':', '-'),
        );
    }
    put(
      { schemaVersion: 2, mediaType: manifestType, layers: [] },
      manifestType,
      `${root.digest.replace(':', '-')}.sig`,
    );

    await promote(root, { image: `${registry.host}/acme/prod`, tags: ['1.4.0'] });

    const { manifests } = target();
    expect([manifests.has(signature.digest), manifests.has(ofSignature.digest)]).toEqual([true, true]);
    expect(manifests.has(`${root.digest.replace(':', '-')}.sig`)).toBe(true);
    expect(manifests.has(root.digest.replace(':', '-'))).toBe(!hasApi);
  });

  it.each<[string, (next: string) => string]>([
    ['a path', (next) => `<${next}>; rel="next"`],
    ['an address without https', (next) => `<http://${registry.host}${next}>;rel=next`],
    ['one link of several', (next) => `</first>; rel="first", <${next}>; title="x"; rel="next"`],
  ])('carries what refers to the image from all pages, the next one given as %s', async (_what, link) => {
    await prepare({ ...usual, referrersPage: 2, link });
    const root = image('amd64');
    const all = Array.from({ length: 7 }, (_, n) => image(`signature ${n}`, { subject: root }));

    await promote(root, { image: `${registry.host}/acme/prod`, tags: ['1.4.0'] });

    expect(all.filter(({ digest }) => !target().manifests.has(digest))).toEqual([]);
  });

  it('joins the fallback tag of the target with what it lists already', async () => {
    await prepare({ ...usual, referrers: false });
    const root = image('amd64');
    const [mine, theirs] = [image('mine', { subject: root }), image('theirs', { subject: root })];
    const tag = root.digest.replace(':', '-');
    put({ schemaVersion: 2, mediaType: indexType, manifests: [mine] }, indexType, tag);
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [theirs] }));
    target().manifests.set(tag, { mediaType: indexType, bytes });

    await promote(root, { image: `${registry.host}/acme/prod`, tags: ['1.4.0'] });

    const list = JSON.parse(target().manifests.get(tag)?.bytes.toString() ?? '{}') as { manifests: Named[] };
    expect(list.manifests.map(({ digest }) => digest)).toEqual([theirs.digest, mine.digest]);
  });

  it('only says what it would do in a dry run', async () => {
    await prepare();
    const root = image('amd64');

    const { outputs } = await promote(root, {
      image: `${registry.host}/acme/prod`,
      tags: ['1.4.0'],
      'dry-run': true,
    });

    expect(JSON.parse(String(outputs['plan']))).toMatchObject({
      mode: 'promote',
      digest: root.digest,
      tags: [{ reference: `${registry.host}/acme/prod:1.4.0`, moves: false }],
    });
    expect(registry.seen).toEqual([]);
  });
});

describe('a promotion is refused', () => {
  const absent = `sha256:${'0'.repeat(64)}`;

  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['of what is not there', { 'image-ref': absent, tags: ['1'] }, { code: 'image-missing' }],
    ['of a tag', { 'image-ref': 'ghcr.io/acme/shop:1.4.0', tags: ['1'] }, { input: 'image-ref' }],
    ['of a name without a host', { 'image-ref': `acme@${absent}`, tags: ['1'] }, { input: 'image-ref' }],
    ['to nowhere', {}, { input: 'tags' }],
  ])('%s', async (_what, settings, expected) => {
    await prepare();
    const root = image('amd64');
    const named = settings['image-ref'] === absent ? { image: `${registry.host}/acme/dev` } : {};

    await expect(promote(root, { ...named, ...settings })).rejects.toMatchObject(expected);
    expect(writes()).toEqual([]);
  });

  it.each<[string, Partial<RegistryHabits>, object]>([
    [
      'comes back to where it was',
      { link: (next) => `<${next.replace(/\?.*/, '')}>; rel=next` },
      { code: 'layout-invalid', message: expect.stringContaining('leads back') },
    ],
    [
      'goes on without end',
      { link: (next) => `<${next}&again=${Math.random()}&last=0>; rel=next`, referrersPage: 0 },
      { code: 'layout-invalid', message: expect.stringContaining('more than 100 pages') },
    ],
    [
      'goes on at another host',
      { link: () => '<https://example.test/v2/x>; rel=next' },
      { code: 'registry-refused', message: expect.stringContaining('example.test') },
    ],
    ['goes on nowhere', { link: () => '<http://[>; rel=next' }, { code: 'registry-refused' }],
    [
      'breaks off',
      { link: () => '</v2/acme/dev/gone>; rel=next' },
      { code: 'layout-invalid', message: expect.stringContaining('no answer') },
    ],
    [
      'is longer than anybody needs',
      { referrersPage: 400 },
      { code: 'layout-invalid', message: expect.stringContaining('more than 500') },
    ],
  ])('when the list of what refers to it %s, and nothing is tagged', async (_what, habits, expected) => {
    await prepare({ ...usual, referrersPage: 1, ...habits });
    const root = image('amd64');
    const count = habits.referrersPage === 400 ? 501 : 2;
    for (let n = 0; n < count; n += 1) image(`signature ${n}`, { subject: root });

    await expect(promote(root, { image: `${registry.host}/acme/prod`, tags: ['1'] })).rejects.toMatchObject(
      expected,
    );
    expect(target().manifests.has('1')).toBe(false);
  });

  it.each<[string, (root: Named) => void, object]>([
    [
      'a manifest that is not what its digest says',
      ({ digest }) => {
        registry
          .repository('acme/dev')
          .manifests.set(digest, { mediaType: manifestType, bytes: Buffer.from('{}') });
      },
      { code: 'push-mismatch' },
    ],
    [
      'a blob that is not what its digest says',
      () => {
        const { blobs } = registry.repository('acme/dev');
        const [first = ''] = blobs.keys();
        blobs.set(first, Buffer.alloc(blobs.get(first)?.length ?? 0));
      },
      { code: 'push-mismatch' },
    ],
    [
      'a manifest that an index names and nobody has',
      () => {
        const { manifests } = registry.repository('acme/dev');
        const [first = ''] = manifests.keys();
        manifests.delete(first);
      },
      { code: 'layout-invalid' },
    ],
  ])('with %s, and nothing is tagged', async (_what, damage, expected) => {
    await prepare({ ...usual, mount: 'no' });
    const root = index();
    damage(root);

    await expect(promote(root, { image: `${registry.host}/acme/prod`, tags: ['1'] })).rejects.toMatchObject(
      expected,
    );
    expect(target().manifests.has('1')).toBe(false);
  });
});
