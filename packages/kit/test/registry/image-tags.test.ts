// Tags by ref: what each kind of ref gives, and that any ref gives valid tags of its own.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageTags } from '../../src/registry/image-tags.js';

const sha = '0123456789abcdef0123456789abcdef01234567';
const short = '0123456789ab';
const valid = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

const tagsOf = (ref: string, releases: readonly string[] = []) => imageTags({ ref, sha, releases });

describe('imageTags', () => {
  it.each<[string, string]>([
    ['refs/heads/develop', 'develop'],
    ['refs/heads/master', 'master'],
    ['refs/heads/feature/a-b', 'feature-a-b-10b80f5c'],
    ['refs/heads/feature/a/b', 'feature-a-b-d606f35a'],
    ['refs/heads/feature-a-b', 'feature-a-b'],
    ['refs/heads/release/1.4', 'release-1.4-2fc50011'],
    ['refs/heads/hotfix/1.4.1', 'hotfix-1.4.1-704af393'],
    [`refs/heads/${'x'.repeat(200)}`, `${'x'.repeat(106)}-aa20c23e`],
    ['refs/heads/#5', '5-7aff87c7'],
    ['refs/heads/.x', 'x-bb42e4c6'],
    ['refs/heads/-x', 'x-a4209624'],
    ['refs/heads/größe', 'gr-e-d353a267'],
    ['refs/heads/分支', 'branch-a251448a'],
    ['refs/heads/dependabot/npm_and_yarn/lodash-4.17.21', 'dependabot-npm_and_yarn-lodash-4.17.21-b7180b7c'],
    ['refs/pull/12/merge', 'pr-12'],
    ['refs/pull/12/head', 'pr-12-head'],
    ['refs/changes/7', 'refs-changes-7-a25c6213'],
  ])('%j moves %s, and keeps one with the commit', (ref, moving) => {
    expect(tagsOf(ref)).toEqual({ fixed: [`${moving}-${short}`], moving: [moving] });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['refs/tags/v1.4.0', ['v1.4.0'], ['v1.4', 'v1', 'latest']],
    ['refs/tags/1.4.0', ['1.4.0'], ['1.4', '1', 'latest']],
    ['refs/tags/v0.3.0', ['v0.3.0'], ['v0.3', 'latest']],
    ['refs/tags/v1.4.0-rc.1', ['v1.4.0-rc.1'], []],
    ['refs/tags/v1.2.3+build', ['v1.2.3-build-63c638a0'], []],
    ['refs/tags/nightly', ['nightly-b3b1faf5'], []],
    ['', [`commit-${short}`], []],
    ['HEAD', [`commit-${short}`], []],
  ])('%j keeps %j and moves %j', (ref, fixed, moving) => {
    expect(tagsOf(ref)).toEqual({ fixed, moving });
  });

  it.each<[readonly string[], readonly string[]]>([
    [
      ['v1.3.9', 'v0.9.0'],
      ['v1.4', 'v1', 'latest'],
    ],
    [['v2.0.0'], ['v1.4', 'v1']],
    [['v1.5.0'], ['v1.4']],
    [['v1.4.10'], []],
    [
      ['v1.4.3', 'v2.0.0-rc.1', 'nonsense'],
      ['v1.4', 'v1', 'latest'],
    ],
  ])('a release beside %j moves %j: no series goes back', (releases, moving) => {
    expect(tagsOf('refs/tags/v1.4.3', releases)).toEqual({ fixed: ['v1.4.3'], moving });
  });

  it.each(['v1.4.0', '1.4', 'v1', 'latest', 'pr-12', `develop-${short}`, `commit-${short}`, '2.0.0-rc.1'])(
    'a branch called %s takes no tag that others own',
    (branch) => {
      const { fixed, moving } = tagsOf(`refs/heads/${branch}`);

      expect([...fixed, ...moving]).not.toContain(branch);
    },
  );

  it('keeps nothing where no commit is known', () => {
    expect(imageTags({ ref: 'refs/heads/develop', sha: '', releases: [] })).toEqual({
      fixed: [],
      moving: ['develop'],
    });
  });

  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.stringMatching(/^[a-b./_-]{1,5}$/),
    fc.stringMatching(/^v?[0-2]\.[0-2](?:\.[0-2])?(?:-rc\.1)?$/),
    fc.constantFrom('feature/a-b', 'feature/a/b', 'latest', 'pr-1', '1/merge', '1/head', `a-${short}`),
  );
  const ref = fc
    .tuple(fc.constantFrom('refs/heads/', 'refs/tags/', 'refs/pull/', ''), part)
    .map((all) => all.join(''));
  const isDetached = (text: string): boolean => text === '' || text === 'HEAD';

  it('gives valid tags for 10,000 refs, and no two refs a tag that is their own', () => {
    const refs = fc.uniqueArray(ref, { minLength: 1000, maxLength: 1000 });
    fc.assert(
      fc.property(refs, (all) => {
        const owners = new Map<string, string>();
        for (const one of all) {
          if (isDetached(one)) continue;
          const { fixed, moving } = tagsOf(one);
          for (const tag of [...fixed, ...moving]) expect(tag).toMatch(valid);
          // The newest release of a series leads it, whichever it is.
          const own = one.startsWith('refs/tags/') ? fixed : [...fixed, ...moving];
          for (const tag of own) expect([tag, owners.get(tag)]).toEqual([tag, undefined]);
          for (const tag of own) owners.set(tag, one);
        }
      }),
      { numRuns: 10 },
    );
  });
});
