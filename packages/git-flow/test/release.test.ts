// The release on GitHub: drafted, completed, published; cut off anywhere and called again.
import type { ActionResult } from '@headgate/kit/action';
import { canonicalJson, digestOf } from '@headgate/kit/digest';
import type { DeliveryRecord } from '@headgate/kit/record';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { releaseRun } from '../src/release.js';
import type { ReleaseInputs } from '../src/release-inputs.js';
import { deploymentParts, zipOf } from './fixtures.js';
import { createReleaseWorld, type ReleaseWorld, type TestRelease, uploadUrl } from './release-world.js';

const pullsRoute = 'GET /repos/{owner}/{repo}/pulls';
const createRoute = 'POST /repos/{owner}/{repo}/releases';

let world: ReleaseWorld;
/** The record once production runs, as artifact 91. */
let final: DeliveryRecord;

beforeEach(() => {
  world = createReleaseWorld();
  tagWith(world.place.recordDigest);
  world.github.on(pullsRoute, []);
  final = { ...world.record, deployments: deploymentParts.deployments ?? [] };
  world.github.addArtifact(91, zipOf('headgate-record.json', final));
});

afterEach(() => world.repository.remove());

function tagWith(recordDigest: string): void {
  const message = `Release 1.0.0\n\nHeadgate-Record: ${recordDigest}`;
  world.github.tagObjects.set('7', { object: world.merge, message, type: 'commit' });
  world.github.tags.set('v1.0.0', { type: 'tag', sha: '7' });
}

function release(overrides: Partial<ReleaseInputs> = {}): Promise<ActionResult> {
  const inputs: ReleaseInputs = {
    mode: 'release',
    version: '1.0.0',
    draft: true,
    decision: JSON.stringify(world.decision),
    configuration: 'headgate.yml',
    githubToken: 'token',
    ...world.place,
    ...overrides,
  };
  return releaseRun(inputs, world.deps);
}

const publish = (): Promise<ActionResult> =>
  release({ draft: false, recordArtifactId: '91', recordDigest: digestOf(final) });

function onlyRelease(): TestRelease {
  const [first, ...others] = world.github.releases;
  if (first === undefined || others.length > 0) throw new Error(`${world.github.releases.length} releases`);
  return first;
}

const attached = (): readonly (readonly [string, string])[] =>
  onlyRelease().assets.map(({ name, text }) => [name, text]);

function pull(number: number, overrides: object = {}): object {
  return {
    number,
    title: `Change ${number}`,
    user: { login: 'dana' },
    merged_at: 'then',
    merge_commit_sha: world.tip,
    head: { ref: 'feature/x' },
    base: { ref: 'develop' },
    ...overrides,
  };
}

describe('mode release', () => {
  it('drafts with the record attached', async () => {
    const result = await release();

    expect(result).toMatchObject({
      outputs: { 'release-url': 'https://github.com/acme/shop/releases/1', published: 'false' },
      entry: { parts: {} },
    });
    expect(onlyRelease()).toMatchObject({ tag_name: 'v1.0.0', name: 'v1.0.0', draft: true });
    expect(attached()).toEqual([['headgate-record.json', canonicalJson(world.record)]]);
  });

  it('publishes with the final record beside the one that the tag names', async () => {
    await release();
    await publish();

    expect(onlyRelease().draft).toBe(false);
    expect(attached()).toEqual([
      ['headgate-record.json', canonicalJson(world.record)],
      ['headgate-delivery.json', canonicalJson(final)],
    ]);
  });

  it('keeps the record that the tag names when all jobs run again', async () => {
    await release();
    const other = { ...world.record, images: [] };
    world.github.addArtifact(92, zipOf('headgate-record.json', other));
    await release({ recordArtifactId: '92', recordDigest: digestOf(other) });

    expect(attached()).toEqual([['headgate-record.json', canonicalJson(world.record)]]);
    expect(world.deps.core.annotations).toEqual([]);
  });

  it('says that its record is not the one that the tag names', async () => {
    tagWith(`sha256:${'5'.repeat(64)}`);
    await release();

    expect(attached()).toEqual([['headgate-record.json', canonicalJson(world.record)]]);
    expect(world.deps.core.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('proves nothing by itself') },
    ]);
  });

  it('says that it published, once', async () => {
    expect((await publish()).outputs['published']).toBe('true');
    expect((await publish()).outputs['published']).toBe('false');
  });

  it('publishes without a draft before it', async () => {
    await publish();

    expect(onlyRelease().draft).toBe(false);
    expect(attached()).toEqual([['headgate-delivery.json', canonicalJson(final)]]);
  });

  it('attaches before it publishes, because an immutable release takes nothing any more', async () => {
    await publish();

    const routes = world.github.calls.map(({ route }) => route);
    expect(routes.indexOf(`POST ${uploadUrl}`)).toBeLessThan(
      routes.indexOf('PATCH /repos/{owner}/{repo}/releases/{release_id}'),
    );
  });

  it('never gives a published release the record of a draft again', async () => {
    await publish();
    const changes = world.github.changes();

    expect((await release()).outputs['release-url']).toBe('https://github.com/acme/shop/releases/1');
    expect(world.github.changes()).toBe(changes);
    expect(onlyRelease().draft).toBe(false);
  });

  it('called again changes nothing', async () => {
    await publish();
    const changes = world.github.changes();
    await publish();

    expect(world.github.changes()).toBe(changes);
  });

  it('leaves the text as people made it', async () => {
    await release();
    onlyRelease().body = 'What people wrote';
    await publish();

    expect(onlyRelease().body).toBe('What people wrote');
  });

  it('says that an immutable release keeps its record', async () => {
    await publish();
    Object.assign(onlyRelease(), { immutable: true });
    world.github.addArtifact(91, zipOf('headgate-record.json', { ...final, images: [] }));
    const changes = world.github.changes();

    await release({ draft: false, recordArtifactId: '91', recordDigest: digestOf({ ...final, images: [] }) });

    expect(world.github.changes()).toBe(changes);
    expect(world.deps.core.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('cannot be changed') },
    ]);
  });

  it('is not published while an asset is missing, and is with the next call', async () => {
    world.github.on(`POST ${uploadUrl}`, {});

    await expect(publish()).rejects.toMatchObject({
      code: 'asset-missing',
      message: expect.stringContaining('headgate-delivery.json was expected'),
      hint: expect.stringContaining('Nothing is published before it is there'),
    });
    expect(onlyRelease().draft).toBe(true);
  });

  it('that is immutable and has no record fails', async () => {
    await publish();
    Object.assign(onlyRelease(), { immutable: true, assets: [] });

    await expect(publish()).rejects.toMatchObject({ code: 'asset-missing' });
  });

  it('replaces an upload that broke off', async () => {
    await release();
    Object.assign(onlyRelease().assets[0] ?? {}, { state: 'starter' });
    await release();

    expect(onlyRelease().assets.map(({ state }) => state)).toEqual(['uploaded']);
  });

  // The changes are: draft, upload, upload of the final record, publishing.
  it.each([1, 2, 3, 4].flatMap((n) => [[n, 'before'] as const, [n, 'after'] as const]))(
    'cut off at change %s, %s it is made, it ends the same',
    async (n, when) => {
      world.github.cutAt(n, when);
      await release().catch(() => undefined);
      await release();
      await publish().catch(() => undefined);

      await publish();

      expect(onlyRelease().draft).toBe(false);
      expect(attached()).toEqual([
        ['headgate-record.json', canonicalJson(world.record)],
        ['headgate-delivery.json', canonicalJson(final)],
      ]);
    },
  );
});

describe('mode release refuses', () => {
  it.each([true, false])('to make a release without its tag (draft: %s)', async (draft) => {
    world.github.tags.clear();

    await expect(release({ draft })).rejects.toMatchObject({ code: 'tag-missing' });
    expect(world.github.changes()).toBe(0);
  });

  it('a tag on another commit', async () => {
    world.github.tags.set('v1.0.0', { type: 'commit', sha: world.before });

    await expect(release()).rejects.toMatchObject({ code: 'tag-conflict' });
    expect(world.github.changes()).toBe(0);
  });

  it.each([
    [{ version: '' }, 'invalid-input'],
    [{ decision: '' }, 'record-dropped'],
    [{ recordArtifactId: '' }, 'record-dropped'],
    [{ recordDigest: `sha256:${'0'.repeat(64)}` }, 'record-mismatch'],
    [{ configuration: 'other.yml' }, 'configuration-missing'],
  ])('the inputs %j', async (overrides, code) => {
    await expect(release(overrides)).rejects.toMatchObject({ code });
    expect(world.github.changes()).toBe(0);
  });
});

describe('the notes', () => {
  const notes = async (): Promise<string> => {
    await release();
    return onlyRelease().body;
  };

  it('list what was merged since the last release, lowest number first, and what ships', async () => {
    // The tag of this release stands already, here too.
    world.repository.git('tag', 'v1.0.0', world.merge);
    world.github.on(pullsRoute, [pull(9), pull(7, { title: 'Sell more' })]);

    const text = await notes();

    expect(text).toContain('- Sell more by dana in #7\n- Change 9 by dana in #9\n');
    expect(text).toContain(String(world.record.images[0]?.reference));
  });

  it('leave out what was merged before, elsewhere or not at all, and what only carries branches', async () => {
    world.repository.git('tag', 'v0.9.0', world.before);
    world.github.on(pullsRoute, [
      pull(1, { merge_commit_sha: world.before }),
      pull(2, { merge_commit_sha: 'f'.repeat(40) }),
      pull(3, { merged_at: null }),
      pull(4, { head: { ref: 'release/1.0.0' }, base: { ref: 'master' }, merge_commit_sha: world.merge }),
      pull(5, { head: { ref: 'back-merge/v0.9.0' } }),
      pull(6, { head: { ref: 'master' } }),
      pull(8),
    ]);

    expect((await notes()).match(/#\d+/g)).toEqual(['#8']);
  });

  it('keep a fix that was merged into the release branch', async () => {
    world.github.on(pullsRoute, [pull(8, { base: { ref: 'release/1.0.0' } })]);

    expect(await notes()).toContain('#8');
  });

  it('say so when nothing was merged', async () => {
    expect(await notes()).toContain('No pull request was merged');
  });

  it('read on after a full page, and no further than they must', async () => {
    const pages: unknown[] = [];
    world.github.on(pullsRoute, ({ page }: Record<string, unknown>) => {
      pages.push(page);
      return page === 1
        ? Array.from({ length: 100 }, (_, index) => pull(index + 1, { merged_at: null }))
        : [pull(200)];
    });

    expect(await notes()).toContain('#200');
    expect(pages).toEqual([1, 2]);
  });

  it('fit into a release however much was merged', async () => {
    const title = '`|<b>@all'.repeat(28);
    world.github.on(pullsRoute, ({ page }: Record<string, unknown>) =>
      Number(page) > 3
        ? []
        : Array.from({ length: 100 }, (_, index) => pull(Number(page) * 100 + index, { title })),
    );

    const text = await notes();

    expect(text).toContain('and 100 more');
    expect(text.length).toBeLessThan(125_000);
  });

  it('show hostile titles and names as themselves', async () => {
    const title = '<img src=x> @everyone [x](http://evil.example)\n## Not a heading';
    world.github.on(pullsRoute, [pull(8, { title, user: { login: '@acme/team' } }), pull(9, { user: null })]);

    const text = await notes();

    expect(text).not.toMatch(/<img|@everyone|@acme|\]\(http:\/\/evil|^## Not/m);
    expect(text).toContain('by ghost in #9');
  });

  it('are not made when nothing may be read', async () => {
    world.github.on(pullsRoute, () => {
      throw new Error('403');
    });

    await expect(release()).rejects.toThrow('403');
    expect(world.github.calls.map(({ route }) => route)).not.toContain(createRoute);
  });
});
