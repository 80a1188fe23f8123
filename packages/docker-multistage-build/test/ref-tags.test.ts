// The tags that a run's ref stands for, with the releases of a real repository.
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, readInputs } from '../src/inputs.js';
import { withRefTags } from '../src/ref-tags.js';

const sha = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
let repository: TestRepository;

beforeEach(() => {
  repository = createTestRepository();
  repository.commit('start');
});

afterEach(() => {
  repository.remove();
});

function tagged(ref: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Inputs> {
  const context = createTestContext({ workspace: repository.directory, ref, sha });
  const all = { leg: 'shop', image: 'ghcr.io/acme/shop', 'ref-tags': true, ...settings };
  const core = createTestCore({ settings: JSON.stringify(all) });
  const deps = createTestDeps({ run: runCommand, context });
  return withRefTags(readInputs(createInputReader(inputSpecs, core)), deps);
}

describe('the tags of a ref', () => {
  it.each([
    ['refs/heads/develop', ['develop-0a1b2c3d4e5f'], ['develop']],
    ['refs/pull/12/merge', ['pr-12-0a1b2c3d4e5f'], ['pr-12']],
    ['', ['commit-0a1b2c3d4e5f'], []],
  ])('%s: fixed %j, moving %j', async (ref, tags, movingTags) => {
    expect(await tagged(ref)).toMatchObject({ tags, movingTags });
  });

  it('stand behind those that were given, each once and in the list it was given in', async () => {
    const given = { tags: ['1.4.0', 'develop'], 'moving-tags': ['edge'] };

    expect(await tagged('refs/heads/develop', given)).toMatchObject({
      tags: ['1.4.0', 'develop', 'develop-0a1b2c3d4e5f'],
      movingTags: ['edge'],
    });
  });

  it('are on every image of several', async () => {
    const targets = { web: { image: 'ghcr.io/acme/web' }, job: { image: 'ghcr.io/acme/job', tags: ['own'] } };
    const { targets: all } = await tagged('refs/heads/develop', { targets, image: '' });

    expect(all.map(({ tags }) => tags)).toEqual([['develop-0a1b2c3d4e5f'], ['own', 'develop-0a1b2c3d4e5f']]);
  });

  it('of a release lead its series only while the remote has no later one, also in a checkout without tags', async () => {
    for (const tag of ['v1.4.2', 'v1.5.0', 'v2.0.0']) {
      repository.git('tag', tag);
      repository.git('push', '--quiet', 'origin', tag);
      repository.git('tag', '--delete', tag);
    }

    expect(await tagged('refs/tags/v1.4.3')).toMatchObject({ tags: ['v1.4.3'], movingTags: ['v1.4'] });
    expect(await tagged('refs/tags/v2.0.1')).toMatchObject({ movingTags: ['v2.0', 'v2', 'latest'] });
  });

  it('of a release are not guessed when the remote cannot be asked', async () => {
    repository.git('remote', 'set-url', 'origin', `${repository.remote}-gone`);

    await expect(tagged('refs/tags/v1.4.3')).rejects.toMatchObject({ code: 'git-failed' });
  });
});
