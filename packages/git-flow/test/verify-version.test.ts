// The version that goes out: whose it is, above what, and whether it is still free.
import type { ActionResult } from '@headgate/kit/action';
import { startGitServer } from '@headgate/kit/testing/git-server';
import { afterEach, describe, expect, it } from '@jest/globals';
import { verifyVersionRun } from '../src/verify-version.js';
import { decisionOf } from './fixtures.js';
import { createReleaseWorld, type ReleaseScene, type ReleaseWorld } from './release-world.js';

const worlds: ReleaseWorld[] = [];
afterEach(() => {
  for (const { repository } of worlds.splice(0)) repository.remove();
});

function worldOf(scene: ReleaseScene = {}): ReleaseWorld {
  const world = createReleaseWorld(scene);
  worlds.push(world);
  return world;
}

function verify({ deps, decision }: ReleaseWorld, version = '', given = decision): Promise<ActionResult> {
  const inputs = { configuration: 'headgate.yml', githubToken: '', decision: JSON.stringify(given) };
  return verifyVersionRun({ mode: 'verify-version', version, ...inputs }, deps);
}

describe('on production', () => {
  it.each([
    ['release/1.0.0', '', '1.0.0'],
    ['release/1.0.0', '1.0.0', '1.0.0'],
    ['hotfix/0.0.1', '0.0.1', '0.0.1'],
  ])('%s with the evidence %j is version %s', async (branch, given, version) => {
    expect((await verify(worldOf({ branch }), given)).outputs).toEqual({ version });
  });

  it.each([
    ['a feature branch', 'feature/x'],
    ['a release without three numbers', 'release/1.0'],
    ['a release with leading zeros', 'release/01.0.0'],
    ['a branch that is nearly a release', 'releases/1.0.0'],
    ['a hostile name', "release/$(id)'{0}"],
  ])('refuses %s', async (_, branch) => {
    await expect(verify(worldOf({ branch }))).rejects.toMatchObject({ code: 'version-unknown' });
  });

  it.each([
    ['none became this commit', []],
    ['it is not merged', [{ merged_at: null, merge_commit_sha: 'this' }]],
    ['it became another commit', [{ merged_at: 'then', merge_commit_sha: 'f'.repeat(40) }]],
    ['it was merged elsewhere', [{ merged_at: 'then', merge_commit_sha: 'this', base: { ref: 'develop' } }]],
  ])('refuses a commit whose pull request is unknown: %s', async (_, pulls) => {
    const world = worldOf();
    const listed = pulls.map((pull) => ({
      head: { ref: 'release/1.0.0' },
      base: { ref: 'master' },
      ...pull,
      merge_commit_sha: pull.merge_commit_sha === 'this' ? world.merge : pull.merge_commit_sha,
    }));
    world.github.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', listed);

    await expect(verify(world)).rejects.toMatchObject({ code: 'version-unknown' });
  });

  it('refuses another version than that of the evidence', async () => {
    await expect(verify(worldOf(), '1.0.1')).rejects.toMatchObject({
      code: 'version-mismatch',
      message: expect.stringContaining('1.0.1'),
    });
  });

  it('refuses a squashed or rebased merge and names the setting', async () => {
    await expect(verify(worldOf({ squashed: true }))).rejects.toMatchObject({
      code: 'not-a-merge',
      message: expect.stringContaining('one parent'),
      hint: expect.stringContaining('Settings → General → Pull Requests'),
    });
  });

  it('sees parents and tags of a history that was cut off', async () => {
    const world = worldOf();
    const { repository } = world;
    repository.git('push', '--quiet', 'origin', `${world.before}:refs/tags/v0.9.0`);
    const server = await startGitServer(repository.remote);
    try {
      const workspace = await server.clone('shallow', { depth: 1, branch: 'master' });
      const shallow = { ...world, deps: { ...world.deps, context: { ...world.deps.context, workspace } } };

      expect((await verify(shallow)).outputs).toEqual({ version: '1.0.0' });
      repository.git('push', '--quiet', 'origin', `${world.before}:refs/tags/v1.1.0`);
      await expect(verify(shallow)).rejects.toMatchObject({ code: 'version-not-next' });
    } finally {
      await server.close();
    }
  });

  it.each([
    ['the same', ['v1.0.0']],
    ['a higher one', ['v1.2.0']],
    ['a higher one without v', ['1.10.0']],
    ['a higher one among others', ['v0.9.0', 'v1.2.0', 'v0.10.0']],
  ])('refuses a version when production holds %s', async (_, tags) => {
    const world = worldOf();
    for (const tag of tags) world.repository.git('tag', tag, world.before);

    await expect(verify(world)).rejects.toMatchObject({ code: 'version-not-next' });
  });

  it('does not count tags of other lines, later ones, nor tags that are no versions', async () => {
    const world = worldOf();
    const { git } = world.repository;
    git('tag', 'v2.0.0', world.merge);
    git('tag', 'v3.0.0-rc.1', world.before);
    git('tag', 'v0.9.0', world.before);
    git('checkout', '--quiet', '-b', 'support/4.0', world.before);
    git('tag', 'v4.0.0', world.repository.commit('elsewhere', { b: '' }));
    git('checkout', '--quiet', 'master');

    expect((await verify(world)).outputs).toEqual({ version: '1.0.0' });
  });

  it.each([
    ['annotated', 'tag'],
    ['light', 'commit'],
  ])('accepts the %s tag on this very commit: the run is repeated', async (_, type) => {
    const world = worldOf();
    const { github, merge } = world;
    github.tags.set('v1.0.0', { type, sha: type === 'tag' ? 'e'.repeat(40) : merge });
    github.tagObjects.set('e'.repeat(40), { object: merge, message: '', type: 'commit' });

    expect((await verify(world)).outputs).toEqual({ version: '1.0.0' });
  });

  it('refuses a version whose tag is elsewhere', async () => {
    const world = worldOf();
    world.github.tags.set('v1.0.0', { type: 'commit', sha: world.before });

    await expect(verify(world)).rejects.toMatchObject({
      code: 'tag-conflict',
      message: expect.stringContaining(world.before),
    });
  });

  it('changes nothing', async () => {
    const world = worldOf();
    await verify(world);

    expect(world.github.changes()).toBe(0);
  });
});

describe('on the way to it', () => {
  const release = (world: ReleaseWorld, branch: string) =>
    decisionOf({ branch, branchKind: 'release', commit: world.tip });

  it('a release branch is its own version', async () => {
    const world = worldOf();

    expect((await verify(world, '1.0.0', release(world, 'release/1.0.0'))).outputs).toEqual({
      version: '1.0.0',
    });
  });

  it('is refused when it is released already', async () => {
    const world = worldOf();
    world.github.tags.set('v1.0.0', { type: 'commit', sha: world.merge });

    await expect(verify(world, '', release(world, 'release/1.0.0'))).rejects.toMatchObject({
      code: 'tag-conflict',
    });
  });

  it('is refused below the last release of production', async () => {
    const world = worldOf();
    world.repository.git('tag', 'v1.1.0', world.merge);

    await expect(verify(world, '', release(world, 'release/1.0.1'))).rejects.toMatchObject({
      code: 'version-not-next',
    });
  });
});
