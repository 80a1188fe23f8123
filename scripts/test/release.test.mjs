// A version on its way to GitHub: everything that may stand in its way, and a death after every single change.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { attestationName, builtNames } from '../release/assets.mjs';
import { startModule } from './processes.mjs';
import { killed, openWorld, writeAssets } from './release-world.mjs';

const script = fileURLToPath(new URL('../release.mjs', import.meta.url));

/** @type {Awaited<ReturnType<typeof openWorld>>} */
let world;
let commit = '';

beforeEach(async () => {
  world = await openWorld();
  commit = await world.merge();
});
afterEach(async () => {
  const { violations } = world.host;
  await world.close();
  expect(violations).toEqual([]);
});

/** @param {string[]} names */
const sorted = (names) => [...names].sort((left, right) => (left < right ? -1 : 1));

/** Names of the files of every release by its tag, drafts marked. */
const shown = async () =>
  (await world.releases()).map(({ tag_name: tag, draft, assets }) => [
    draft ? `${tag} (draft)` : tag,
    sorted(assets.map(({ name }) => name)),
  ]);

/** @param {string} version */
const complete = (version) => sorted([...builtNames(version), 'SHA256SUMS', attestationName(version)]);

describe('publishing', () => {
  it('drafts, attaches, tags the merge, publishes and moves vX, in this order', async () => {
    const { lines } = await world.publish('1.2.3', { commit });

    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'draft',
      ...complete('1.2.3').map(() => 'attach'),
      'tag',
      'publish',
      expect.stringContaining('/releases/tag/v1.2.3'),
      'move',
    ]);
    expect(await shown()).toEqual([['v1.2.3', complete('1.2.3')]]);
    expect([await world.tag('v1.2.3'), await world.tag('v1')]).toEqual([commit, commit]);
  });

  it('makes an annotated tag, and vX a plain one', async () => {
    await world.publish('1.2.3', { commit });

    const types = await world.git('for-each-ref', '--format=%(refname:short) %(objecttype)', 'refs/tags');
    expect(types.split('\n')).toEqual(['v1 commit', 'v1.2.3 tag']);
  });

  it('ends the same when it dies after any change, its answer lost, and is called again', async () => {
    const { changes } = await world.publish('1.0.0', { commit });
    for (let change = 1; change <= changes; change += 1) {
      const [version, merge] = [`1.0.${change}`, await world.merge()];

      await expect(world.publish(version, { commit: merge, dieAfter: change })).rejects.toBe(killed);
      await world.publish(version, { commit: merge });

      expect((await shown())[0]).toEqual([`v${version}`, complete(version)]);
      expect([await world.tag(`v${version}`), await world.tag('v1')]).toEqual([merge, merge]);
    }
    expect(await world.releases()).toHaveLength(changes + 1);
  }, 60_000);

  it('changes nothing when it is called again', async () => {
    await world.publish('1.2.3', { commit });

    expect((await world.publish('1.2.3', { commit })).changes).toBe(0);
  });

  it('never shows a release before its files and its tag are there', async () => {
    const { changes } = await world.publish('1.0.0', { commit });
    const next = await world.merge();
    for (let change = 1; change <= changes; change += 1) {
      await world.publish('1.1.0', { commit: next, dieAfter: change }).catch(() => undefined);
      const published = (await world.releases()).find(
        ({ tag_name: tag, draft }) => tag === 'v1.1.0' && !draft,
      );
      if (published === undefined) {
        expect(await world.tag('v1')).toBe(commit);
        continue;
      }
      expect(sorted(published.assets.map(({ name }) => name))).toEqual(complete('1.1.0'));
      expect(await world.tag('v1.1.0')).toBe(next);
    }
  }, 60_000);

  it('refuses a tag that stands elsewhere, before anything is made', async () => {
    await world.publish('1.2.3', { commit });
    const other = await world.merge();

    await expect(world.publish('1.2.3', { commit: other })).rejects.toThrow(
      `the tag v1.2.3 was expected to be absent or on ${other}, it is on ${commit}`,
    );
    expect(await world.tag('v1')).toBe(commit);
  });

  it.each([attestationName('1.2.3'), 'SHA256SUMS', 'headgate-1.2.3.tgz'])(
    'refuses a release without %s, and burns no number',
    async (name) => {
      const folder = writeAssets(world.root, '1.2.3');
      rmSync(join(folder, name));

      await expect(world.publish('1.2.3', { commit, folder })).rejects.toThrow(`missing: ${name}`);
      expect(await world.releases()).toEqual([]);
      expect(await world.tag('v1.2.3')).toBe('');
    },
  );

  it('refuses a file that is not the one that was attested', async () => {
    const folder = writeAssets(world.root, '1.2.3');
    writeFileSync(join(folder, 'record.schema.json'), 'other');

    await expect(world.publish('1.2.3', { commit, folder })).rejects.toThrow(
      'record.schema.json was expected',
    );
    expect(await world.releases()).toEqual([]);
  });

  it('says that a published release lacks a file, and leaves it', async () => {
    await world.publish('1.2.3', { commit });
    const [release] = await world.releases();
    const asset = /** @type {{ id: number }} */ (/** @type {unknown} */ (release?.assets[0]));
    const ann = world.host.person('ann', { role: 'admin' });
    await ann.request('DELETE', `/repos/headgate/headgate/releases/assets/${asset.id}`);

    await expect(world.publish('1.2.3', { commit })).rejects.toThrow(
      'missing or different: headgate-1.2.3.tgz',
    );
  });

  it('says what a token lacks', async () => {
    const token = world.host.grantToken({
      repository: 'headgate/headgate',
      permissions: { contents: 'read' },
      login: 'github-actions[bot]',
      jobToken: true,
    });

    await expect(world.publish('1.2.3', { commit, token })).rejects.toMatchObject({
      hint: expect.stringContaining('contents: write'),
    });
  });
});

describe('vX', () => {
  it('stays on the newer release when an older line gets a fix, which is not the latest either', async () => {
    await world.publish('1.2.0', { commit });
    const newer = await world.merge();
    await world.publish('1.3.0', { commit: newer });
    const fix = await world.merge();

    const { lines } = await world.publish('1.2.1', { commit: fix });

    expect(await world.tag('v1')).toBe(newer);
    expect(lines).toContain('publish v1.2.1, which is not the latest');
    expect(lines.at(-1)).toBe('v1 stays where it is');
  });

  it('is one for each major version', async () => {
    await world.publish('1.2.0', { commit });
    const next = await world.merge();
    await world.publish('2.0.0', { commit: next });

    expect([await world.tag('v1'), await world.tag('v2')]).toEqual([commit, next]);
  });

  it('is not moved back from a higher tag that has no page', async () => {
    const newer = await world.merge();
    await world.git('tag', '-m', 'by hand', 'v1.9.0', newer);
    await world.git('tag', 'v1', newer);
    const fix = await world.merge();

    await world.publish('1.2.1', { commit: fix });

    expect(await world.tag('v1')).toBe(newer);
  });
});

describe('a dry run', () => {
  it('says every step and makes nothing', async () => {
    await world.publish('1.2.0', { commit });
    const next = await world.merge();

    const { lines, changes } = await world.publish('1.3.0', { commit: next, dryRun: true });

    expect(changes).toBe(0);
    expect(lines.filter((line) => line.startsWith('would attach'))).toHaveLength(complete('1.3.0').length);
    expect(lines.filter((line) => !line.startsWith('would attach'))).toEqual([
      'would draft the release v1.3.0',
      `would tag ${next} as v1.3.0`,
      'would publish v1.3.0',
      `would move v1 to 1.3.0 (${next})`,
    ]);
  });

  it('is what the command does when it is told to, in the environment of a job', async () => {
    const env = {
      PATH: process.env.PATH,
      GITHUB_API_URL: world.host.apiUrl,
      GITHUB_REPOSITORY: 'headgate/headgate',
      GITHUB_SHA: commit,
      GITHUB_TOKEN: world.host.person('ann', { role: 'admin' }).token,
    };
    const folder = writeAssets(world.root, '1.3.0');
    const args = ['publish', '--version', '1.3.0', '--assets', folder, '--dry-run'];

    const { code, output } = await startModule(script, args, { env }).ended;

    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('would publish v1.3.0'),
    });
    expect(await world.releases()).toEqual([]);
  });

  it.each([
    [{ GITHUB_TOKEN: '' }, 'GITHUB_TOKEN was expected'],
    [{ GITHUB_REPOSITORY: 'headgate' }, 'GITHUB_REPOSITORY (owner/name) was expected'],
    [{ GITHUB_SHA: 'master' }, '--commit was expected'],
  ])('is not needed to refuse %j', async (changes, problem) => {
    const job = { GITHUB_REPOSITORY: 'headgate/headgate', GITHUB_SHA: commit, GITHUB_TOKEN: 'token' };
    const env = { PATH: process.env.PATH, ...job, ...changes };

    const { code, output } = await startModule(script, ['publish', '--version', '1.3.0', '--assets', 'x'], {
      env,
    }).ended;

    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(problem) });
  });
});
