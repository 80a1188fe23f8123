// Tagging a release: the commit and the images, in an order that may be cut off anywhere.
import type { ActionResult } from '@headgate/kit/action';
import { ActionError } from '@headgate/kit/errors';
import { createHttp } from '@headgate/kit/http';
import type { ImagePart } from '@headgate/kit/record-parts';
import { parseSecretMap } from '@headgate/kit/secrets';
import {
  digestOf as digestOfBytes,
  type RegistryDouble,
  startRegistry,
} from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TagInputs } from '../src/release-inputs.js';
import { tagRun } from '../src/tag.js';
import { decisionOf, imageParts, zipOf } from './fixtures.js';
import { createReleaseWorld, type ReleaseWorld } from './release-world.js';

const mediaType = 'application/vnd.oci.image.index.v1+json';
const bytes = Buffer.from('{"schemaVersion":2,"manifests":[]}');
const other = Buffer.from('{"schemaVersion":2,"manifests":[],"annotations":{}}');
const digest = digestOfBytes(bytes);
const noSecrets = parseSecretMap('', { name: 'flow-secrets', setSecret: () => undefined });
const route = { tag: 'POST /repos/{owner}/{repo}/git/tags', ref: 'POST /repos/{owner}/{repo}/git/refs' };

/** As kit reports what a ruleset answers. */
const refused = new ActionError({
  code: 'github-failed',
  message: '422: Repository rule violations found',
  hint: '',
  cause: { status: 422 },
});

let registry: RegistryDouble;
let world: ReleaseWorld;

beforeEach(async () => {
  registry = await startRegistry();
  world = worldOf([imageAt('shop')]);
  registry.manifests.set(digest, { mediaType, bytes });
});

afterEach(async () => {
  world.repository.remove();
  await registry.close();
});

function imageAt(repository: string): ImagePart {
  const [part] = imageParts('1').images ?? [];
  if (part === undefined) throw new Error('the fixture has an image');
  return { ...part, name: repository, digest, reference: `${registry.host}/acme/${repository}@${digest}` };
}

function worldOf(images: readonly ImagePart[]): ReleaseWorld {
  const made = createReleaseWorld({ images });
  return { ...made, deps: { ...made.deps, http: createHttp() } };
}

function tag(overrides: Partial<TagInputs> = {}): Promise<ActionResult> {
  const inputs: TagInputs = {
    mode: 'tag',
    version: '1.0.0',
    decision: JSON.stringify(world.decision),
    configuration: 'headgate.yml',
    githubToken: 'token',
    ...world.place,
    buildSecrets: noSecrets,
    flowSecrets: noSecrets,
    appId: '',
    registryUsername: '',
    registry: '',
    ...overrides,
  };
  return tagRun(inputs, world.deps);
}

function tagged(): readonly string[] {
  return registry.tags();
}

describe('mode tag', () => {
  it('makes an annotated tag on the merge commit that ends with the digest of the record', async () => {
    const result = await tag();

    expect(result).toMatchObject({ outputs: { tag: 'v1.0.0' }, entry: { parts: {} } });
    const object = world.github.tagObjects.get(String(world.github.tags.get('v1.0.0')?.sha));
    expect(object).toEqual({
      object: world.merge,
      type: 'commit',
      message: `Release 1.0.0\n\nHeadgate-Record: ${world.place.recordDigest}`,
    });
  });

  it('says with whose right it was made', async () => {
    await tag();

    expect(world.deps.core.summary()).toContain("Tagged with the job's own token");
  });

  it('puts the version on the very bytes that staging ran', async () => {
    await tag();

    expect(tagged()).toEqual(['1.0.0']);
    expect(registry.manifests.get('1.0.0')).toEqual({ mediaType, bytes });
    expect(world.deps.core.summary()).toContain(`${registry.host}/acme/shop:1.0.0`);
  });

  it('tags every published image and no other', async () => {
    world.repository.remove();
    world = worldOf([imageAt('shop'), { ...imageAt('worker'), reference: null }, imageAt('jobs')]);

    await tag();

    const puts = registry.seen.filter(({ method }) => method === 'PUT').map(({ path }) => path);
    expect(puts).toEqual(['/v2/acme/shop/manifests/1.0.0', '/v2/acme/jobs/manifests/1.0.0']);
  });

  it('called again changes nothing', async () => {
    await tag();
    const [changes, puts] = [world.github.changes(), registry.seen.filter(({ method }) => method === 'PUT')];

    expect((await tag()).outputs).toEqual({ tag: 'v1.0.0' });
    expect(world.github.changes()).toBe(changes);
    expect(registry.seen.filter(({ method }) => method === 'PUT')).toEqual(puts);
    expect(world.deps.core.lines.join('\n')).toContain('as it was');
  });

  it.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const)(
    'cut off %s change(s) into GitHub, %s it is made, it goes on when called again',
    async (n, when) => {
      world.github.cutAt(n, when);
      await tag().catch(() => undefined);

      await tag();

      expect([...world.github.tags.keys()]).toEqual(['v1.0.0']);
      const sha = String(world.github.tags.get('v1.0.0')?.sha);
      expect(world.github.tagObjects.get(sha)?.object).toBe(world.merge);
      expect(tagged()).toEqual(['1.0.0']);
    },
  );

  it('a registry that refuses the tag leaves the commit untagged, and the next call makes both', async () => {
    registry.trouble = ({ method }) => (method === 'PUT' ? { status: 403 } : null);
    await expect(tag()).rejects.toMatchObject({ code: 'registry-auth' });
    expect([...world.github.tags.keys()]).toEqual([]);

    registry.trouble = () => null;
    await tag();

    expect([tagged(), [...world.github.tags.keys()]]).toEqual([['1.0.0'], ['v1.0.0']]);
  });

  it('two runs at once: the one that comes second finds the tag of the first', async () => {
    world.github.on(route.ref, () => {
      world.github.tags.set('v1.0.0', { type: 'commit', sha: world.merge });
      throw new Error('422: Reference already exists');
    });

    expect((await tag()).outputs).toEqual({ tag: 'v1.0.0' });
  });
});

describe('mode tag refuses', () => {
  it('a tag that is elsewhere, before anything is changed', async () => {
    world.github.tags.set('v1.0.0', { type: 'commit', sha: world.before });

    await expect(tag()).rejects.toMatchObject({ code: 'tag-conflict' });
    expect([world.github.changes(), tagged()]).toEqual([0, []]);
  });

  it('a tag that another run puts elsewhere meanwhile', async () => {
    world.github.on(route.ref, () => {
      world.github.tags.set('v1.0.0', { type: 'commit', sha: world.before });
      throw new Error('422: Reference already exists');
    });

    await expect(tag()).rejects.toMatchObject({ code: 'tag-conflict' });
  });

  it('an image tag that names another digest, before any image or the commit is tagged', async () => {
    world.repository.remove();
    world = worldOf([imageAt('shop'), imageAt('worker')]);
    registry.manifests.set('1.0.0', { mediaType, bytes: other });

    await expect(tag()).rejects.toMatchObject({
      code: 'image-tag-conflict',
      message: expect.stringContaining(digestOfBytes(other)),
    });
    expect(world.github.changes()).toBe(0);
    expect(registry.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it.each([
    ['is gone', null],
    ['has other bytes', other],
  ])('an image that %s in the registry', async (_, found) => {
    registry.manifests.delete(digest);
    if (found !== null) registry.manifests.set(digest, { mediaType, bytes: found });

    await expect(tag()).rejects.toMatchObject({ code: 'image-missing' });
    expect([world.github.changes(), tagged()]).toEqual([0, []]);
  });

  it('a record with another digest', async () => {
    world.github.addArtifact(90, zipOf('headgate-record.json', { ...world.record, tests: [], images: [] }));

    await expect(tag()).rejects.toMatchObject({ code: 'record-mismatch' });
  });

  it.each([
    [{ version: '' }, 'invalid-input'],
    [{ decision: '' }, 'record-dropped'],
    [{ decision: '{}' }, 'decision-unreadable'],
    [{ recordArtifactId: '' }, 'record-dropped'],
  ])('the inputs %j', async (overrides, code) => {
    await expect(tag(overrides)).rejects.toMatchObject({ code });
    expect([world.github.changes(), tagged()]).toEqual([0, []]);
  });

  it('a password without an account', async () => {
    const text = `registries: {"${registry.host}": a-password-of-it}`;
    const buildSecrets = parseSecretMap(text, { name: 'build-secrets', setSecret: () => undefined });

    await expect(tag({ buildSecrets })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('a tag that the rules forbid, and says which one', async () => {
    world.github.on(route.ref, () => {
      throw refused;
    });

    await expect(tag()).rejects.toMatchObject({
      code: 'tag-refused',
      hint: expect.stringContaining('FLOW_SECRETS'),
    });
  });
});

describe('the account', () => {
  const password = 'a-password-of-it';
  const secrets = (): TagInputs['buildSecrets'] =>
    parseSecretMap(`registries: {"${registry.host}": ${password}}`, {
      name: 'build-secrets',
      setSecret: () => undefined,
    });
  const basic = (name: string): string => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const challenged = (): void => {
    registry.trouble = ({ authorization }) =>
      authorization === null ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } } : null;
  };
  const used = (): readonly (string | null)[] => [
    ...new Set(registry.seen.filter(({ status }) => status < 400).map(({ authorization }) => authorization)),
  ];

  it('is that of registry-username for its registry', async () => {
    challenged();
    await tag({ buildSecrets: secrets(), registryUsername: 'robot', registry: registry.host });

    expect(used()).toEqual([basic('robot')]);
  });

  it.each([
    ['nothing is given', {}],
    ['another registry is', { registryUsername: 'robot', registry: 'registry.example' }],
  ])('is that of the targets when %s', async (_, given) => {
    challenged();
    const [target] = decisionOf().targets;
    const targets = [{ ...target, settings: { 'registry-username': 'puller' } }];
    const decision = JSON.stringify({ ...world.decision, targets });

    await tag({ buildSecrets: secrets(), decision, ...given });

    expect(used()).toEqual([basic('puller')]);
  });
});
