// Evidence by tag: message, release and rules each decide alone.
import { describe, expect, it } from '@jest/globals';
import { strToU8 } from 'fflate';
import { canonicalJson, digestOf } from '../src/digest.js';
import { ActionError } from '../src/errors.js';
import { findTagEvidence, type TagEvidence } from '../src/evidence-tag.js';
import { type DeliveryRecord, emptyRecord, type FlowPart } from '../src/record.js';
import { missingTagRules } from '../src/tag-rules.js';
import { createTestGitHub, type TestGitHub } from '../src/testing/github.js';

const [commit, tree] = ['f'.repeat(40), 'd'.repeat(40)];
const digest = `sha256:${'c'.repeat(64)}`;
const flow: FlowPart = {
  application: 'shop',
  repository: 'acme/shop',
  event: 'push',
  ref: 'refs/heads/master',
  branchKind: 'production',
  version: '1.0.0',
  commit,
  tree,
  actor: 'dana',
  run: { id: 900, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/900' },
};
const image = {
  name: 'shop',
  digest,
  reference: `registry.example/shop@${digest}`,
  tags: [],
  key: '1'.repeat(64),
  platforms: [],
  reusedFrom: null,
};
const whole: DeliveryRecord = { ...emptyRecord(flow), images: [image] };

interface Ruleset {
  readonly enforcement?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly rules?: readonly string[];
}

const protecting: Ruleset = { include: ['refs/tags/v*'], rules: ['creation', 'update', 'deletion'] };

interface Scene {
  readonly light?: boolean;
  readonly message?: string;
  readonly absent?: 'tag' | 'release' | 'commit' | 'asset';
  readonly text?: string;
  readonly record?: DeliveryRecord;
  readonly rulesets?: readonly Ruleset[];
}

function absent(): never {
  throw new ActionError({ code: 'github-permission', message: '404', hint: '', cause: { status: 404 } });
}

function world(scene: Scene): TestGitHub {
  const github = createTestGitHub();
  const record = scene.record ?? whole;
  const object =
    scene.light === true ? { type: 'commit', sha: commit } : { type: 'tag', sha: '7'.repeat(40) };
  const message = scene.message ?? `Release 1.0.0\n\nHeadgate-Record: ${digestOf(record)}\n`;
  github.on('GET /repos/{owner}/{repo}/git/ref/tags/{tag}', () =>
    scene.absent === 'tag' ? absent() : { object },
  );
  github.on('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
    message,
    object: { type: 'commit', sha: commit },
  });
  github.on('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', () =>
    scene.absent === 'commit' ? absent() : { tree: { sha: tree } },
  );
  const assets = scene.absent === 'asset' ? [] : [{ id: 5, name: 'headgate-record.json', size: 100 }];
  const page = 'https://github.com/acme/shop/releases/tag/v1.0.0';
  github.on('GET /repos/{owner}/{repo}/releases/tags/{tag}', () =>
    scene.absent === 'release' ? absent() : { html_url: page, assets },
  );
  github.addAsset(5, strToU8(scene.text ?? canonicalJson(record)));
  const rulesets = scene.rulesets ?? [protecting];
  github.on(
    'GET /repos/{owner}/{repo}/rulesets',
    rulesets.map(({ enforcement = 'active' }, id) => ({ id, enforcement, target: 'tag' })),
  );
  github.on(
    'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
    ({ ruleset_id: id }: Record<string, unknown>) => {
      const { include = [], exclude = [], rules = [] } = rulesets[Number(id)] ?? {};
      return { id, conditions: { ref_name: { include, exclude } }, rules: rules.map((type) => ({ type })) };
    },
  );
  return github;
}

const find = (scene: Scene): Promise<TagEvidence | string> =>
  findTagEvidence({ github: world(scene), repository: 'acme/shop', tag: 'v1.0.0' });

describe('findTagEvidence', () => {
  it('gives the record that the tag names and the release holds', async () => {
    expect(await find({})).toEqual({
      tag: 'v1.0.0',
      commit,
      tree,
      record: whole,
      url: 'https://github.com/acme/shop/releases/tag/v1.0.0',
      unprotected: [],
    });
  });

  it('finds it in a message that says more, and in a record that is not canonical', async () => {
    const message = `Release 1.0.0\n\nFor everybody.\n\nHeadgate-Record: ${digestOf(whole)}\nOther: line\n`;

    expect(await find({ message, text: JSON.stringify(whole, null, 2) })).toMatchObject({ commit });
  });

  it.each<readonly [string, Scene, string]>([
    ['a tag that is not there', { absent: 'tag' }, 'there is no tag v1.0.0'],
    ['a light tag', { light: true }, 'is not annotated'],
    ['a tag without a record', { message: 'Release 1.0.0' }, 'names no record'],
    ['a digest inside a line', { message: `see Headgate-Record: ${digestOf(whole)}` }, 'names no record'],
    ['a commit that is gone', { absent: 'commit' }, 'no commit that is still there'],
    ['a tag that was not released', { absent: 'release' }, 'no published release'],
    ['a release without the record', { absent: 'asset' }, 'it has no file headgate-record.json'],
    ['another record than the tag names', { text: canonicalJson({ ...whole, images: [] }) }, 'the tag names'],
    ['a file that is not JSON', { text: 'x' }, 'is not JSON'],
    ['a file that is no record', { text: '{}' }, 'is no record'],
    [
      'a record of another repository',
      { record: { ...whole, flow: { ...flow, repository: 'acme/other' } } },
      'another repository',
    ],
    [
      'a record of another commit',
      { record: { ...whole, flow: { ...flow, tree: 'e'.repeat(40) } } },
      'another commit',
    ],
    [
      'an image that nobody can pull',
      { record: { ...whole, images: [{ ...image, reference: null }] } },
      'was not published',
    ],
  ])('refuses %s', async (_what, scene, reason) => {
    expect(await find(scene)).toEqual(expect.stringContaining(reason));
  });

  it('fails when GitHub does not say', async () => {
    const github = world({});
    github.on('GET /repos/{owner}/{repo}/releases/tags/{tag}', () => {
      throw new ActionError({ code: 'github-failed', message: '502', hint: '', cause: { status: 502 } });
    });

    await expect(findTagEvidence({ github, repository: 'acme/shop', tag: 'v1.0.0' })).rejects.toMatchObject({
      code: 'github-failed',
    });
  });
});

describe('a tag is protected', () => {
  it.each<readonly [string, readonly Ruleset[], readonly string[]]>([
    ['by one ruleset', [protecting], []],
    ['by all names', [{ ...protecting, include: ['~ALL'] }], []],
    [
      'by several together',
      [
        { ...protecting, rules: ['creation'] },
        { ...protecting, rules: ['update', 'deletion'] },
      ],
      [],
    ],
    ['not without one', [], ['creation', 'update', 'deletion']],
    [
      'not by one that only watches',
      [{ ...protecting, enforcement: 'evaluate' }],
      ['creation', 'update', 'deletion'],
    ],
    [
      'not by one for other tags',
      [{ ...protecting, include: ['refs/tags/w*'] }],
      ['creation', 'update', 'deletion'],
    ],
    [
      'not where it is left out',
      [{ ...protecting, exclude: ['refs/tags/v1.*'] }],
      ['creation', 'update', 'deletion'],
    ],
    ['not while anybody may make it', [{ ...protecting, rules: ['update', 'deletion'] }], ['creation']],
  ])('%s', async (_how, rulesets, missing) => {
    expect(await missingTagRules(world({ rulesets }), 'v1.0.0')).toEqual(missing);
  });
});
