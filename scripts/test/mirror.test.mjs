// Mirrors of single actions: their documents, what the Marketplace asks, and the history of their repositories.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mirrorContents } from '../mirror/contents.mjs';
import { checkMarketplace } from '../mirror/contract.mjs';
import { mirrorReadme, mirrorSecurity } from '../mirror/documents.mjs';
import { openMirror, pushMirror, writeVersion } from '../mirror/repository.mjs';
import { readVersion } from '../release/version.mjs';
import { runChild } from '../workspace/child.mjs';
import { startModule } from './processes.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const place = {
  action: 'notify',
  title: 'Headgate Notify',
  owner: 'acme',
  source: 'headgate/headgate',
  version: '1.2.3',
  mirrored: ['notify', 'packer-image'],
};

describe('a README', () => {
  it.each([
    ['- uses: OWNER/headgate/packages/notify@REF', '- uses: acme/notify@v1'],
    ['  uses: headgate/headgate/packages/packer-image@v0 # why', '  uses: acme/packer-image@v1 # why'],
    ['uses: OWNER/headgate/packages/git-flow@REF', 'uses: headgate/headgate/packages/git-flow@v1'],
    [
      'uses: OWNER/headgate/.github/workflows/images.yml@REF',
      'uses: headgate/headgate/.github/workflows/images.yml@v1',
    ],
    ['- uses: actions/checkout@v4', '- uses: actions/checkout@v4'],
    [
      '[guide](../../docs/guide.md#a)',
      '[guide](https://github.com/headgate/headgate/blob/v1.2.3/docs/guide.md#a)',
    ],
    [
      '[code](src/run.ts "x")',
      '[code](https://github.com/headgate/headgate/blob/v1.2.3/packages/notify/src/run.ts "x")',
    ],
    ['![picture](../../a.png)', '![picture](https://github.com/headgate/headgate/raw/v1.2.3/a.png)'],
    ['[a]: /docs/a.md', '[a]: https://github.com/headgate/headgate/blob/v1.2.3/docs/a.md'],
    [
      '[b](#inputs), [c](https://x.example/y), [d](LICENSE)',
      '[b](#inputs), [c](https://x.example/y), [d](LICENSE)',
    ],
  ])('turns %j into %j', (text, expected) => {
    expect(mirrorReadme(text, place)).toBe(expected);
  });

  it('has the Marketplace’s name, and says where it comes from', () => {
    expect(mirrorReadme('# notify\n\nSends.\n', place)).toMatch(
      /^# Headgate Notify\n\nMade from .*\/tree\/v1\.2\.3\/packages\/notify.*\n\nSends\.\n$/,
    );
  });

  it('comes with a SECURITY.md that leads to the source', () => {
    const text = mirrorSecurity(
      '# Security\n\nReport it under Security of this\nrepository. [How](docs/a.md#b).\n',
      place,
    );

    expect(text).toContain('https://github.com/headgate/headgate/security/advisories/new');
    expect(text).not.toMatch(/this\s+repository\./);
    expect(text).toContain('[How](https://github.com/headgate/headgate/blob/v1.2.3/docs/a.md#b)');
  });
});

describe('the Marketplace', () => {
  const good = { name: 'Headgate Notify', description: 'Sends.', branding: { icon: 'bell', color: 'blue' } };

  it.each([
    [{ ...good, name: 'Notify' }, 'begins with Headgate'],
    [{ ...good, description: 'x'.repeat(125) }, '124 characters at most'],
    [{ ...good, branding: { icon: 'bell', color: 'pink' } }, 'branding.color'],
    [{ ...good, branding: { icon: 'coffee', color: 'blue' } }, 'branding.icon'],
    [{ name: good.name, description: '' }, 'branding.icon'],
  ])('refuses %j', (metadata, problem) => {
    expect(() => checkMarketplace(new Map([['notify', metadata]]))).toThrow(problem);
  });

  it('refuses one name for two', () => {
    const two = new Map([
      ['a', good],
      ['b', { ...good, name: 'Headgate notify' }],
    ]);

    expect(() => checkMarketplace(two)).toThrow('is there 2 times');
  });
});

describe('the contents of every mirror', () => {
  const mirrors = mirrorContents(checkout, {
    owner: 'headgate',
    source: 'headgate/headgate',
    version: '1.2.3',
  });

  it('are those of the six actions, each with what a repository needs', () => {
    expect(mirrors.map(({ name }) => name)).toEqual([
      'approval-gate',
      'docker-multistage-build',
      'notify',
      'packer-image',
      'rolling-deploy',
      'terraform-plan-apply',
    ]);
    for (const { files } of mirrors)
      for (const path of [
        'action.yml',
        'README.md',
        'LICENSE',
        'SECURITY.md',
        'dist/index.js',
        'dist/package.json',
      ])
        expect(files.has(path)).toBe(true);
  });

  it('refer to nothing outside', () => {
    for (const { name, files } of mirrors) {
      const text = [...files.values()].join('\n');
      expect([name, /kit\/dist|OWNER\/headgate|@REF/.test(text)]).toEqual([name, false]);
    }
  });
});

describe('the repository of a mirror', () => {
  let root = '';
  let folder = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headgate-mirrored-'));
    folder = join(root, 'notify');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** @param {string} version @param {string} [text] @param {string | null} [remote] */
  async function release(version, text = version, remote = null) {
    await openMirror(folder, remote);
    const files = new Map([
      ['action.yml', Buffer.from('name: a\n')],
      ['dist/index.js', Buffer.from(text)],
    ]);
    const commit = version.replaceAll('.', '').padEnd(40, '0');
    const source = {
      repository: 'headgate/headgate',
      commit,
      date: '2026-11-21T10:00:00Z',
      version: readVersion(version),
    };
    return writeVersion(folder, files, source);
  }

  /** @param {string[]} args */
  const git = async (...args) => (await runChild('git', args, { cwd: folder })).output.trim();
  const tags = async () =>
    Object.fromEntries(
      (await git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/tags'))
        .split('\n')
        .map((line) => line.split(' ')),
    );

  it('has one commit for each version, which names its source, and a clean work tree', async () => {
    await release('1.0.0');
    const { commit } = await release('1.1.0');

    expect(await git('rev-list', '--count', 'main')).toBe('2');
    expect(await git('show', '--no-patch', '--format=%B', 'main')).toContain('Headgate-Source: 1100');
    expect(await tags()).toMatchObject({ 'v1.1.0': commit, v1: commit });
    expect(readFileSync(join(folder, 'dist', 'index.js'), 'utf8')).toBe('1.1.0');
    expect(await git('status', '--porcelain')).toBe('');
  });

  it('is unchanged by the same version, and the same when it is made elsewhere', async () => {
    const first = await release('1.0.0');
    const before = await git('for-each-ref');

    expect(await release('1.0.0')).toEqual({ made: false, commit: first.commit });
    expect(await git('for-each-ref')).toBe(before);
    rmSync(folder, { recursive: true });
    expect(await release('1.0.0')).toEqual(first);
  });

  it('refuses a version that is there with other files', async () => {
    await release('1.0.0');

    await expect(release('1.0.0', 'other')).rejects.toThrow('v1.0.0 was expected to be absent');
  });

  it('keeps branch and v1 on the newest when an older line gets a fix, which stands on its own line', async () => {
    const base = await release('1.0.0');
    const newest = await release('1.1.0');
    const fix = await release('1.0.1');

    expect(await tags()).toMatchObject({ v1: newest.commit, 'v1.0.1': fix.commit });
    expect(await git('rev-parse', 'main')).toBe(newest.commit);
    expect(await git('rev-parse', 'v1.0.1^')).toBe(base.commit);
  });

  it('goes on from what is published, and publishes all of it at once', async () => {
    const remote = join(root, 'remote.git');
    await runChild('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { cwd: root });
    await release('1.0.0', 'a', remote);
    await pushMirror(folder, remote, readVersion('1.0.0'));
    rmSync(folder, { recursive: true });

    const { commit } = await release('1.1.0', 'b', remote);
    await pushMirror(folder, remote, readVersion('1.1.0'));

    const refs = (
      await runChild('git', ['for-each-ref', '--format=%(refname) %(objectname)'], { cwd: remote })
    ).output;
    expect(refs).toContain(`refs/heads/main ${commit}`);
    expect(refs).toContain(`refs/tags/v1 ${commit}`);
    expect(refs).toContain('refs/tags/v1.0.0 ');
    expect(await git('rev-list', '--count', 'main')).toBe('2');
  });
});

describe('npm run mirror', () => {
  const script = join(checkout, 'scripts', 'mirror.mjs');

  it.each([
    [['--present', '--out', 'x', 'pigeon'], 'there is no action pigeon'],
    [['--present'], '--out was expected'],
    [
      ['--present', '--out', 'x', '--push', 'https://example.com/a.git'],
      'an address with {name} was expected',
    ],
    [['--present', '--out', 'x', '--push', 'https://a:b@example.com/{name}.git'], 'without a password'],
  ])('refuses %j', async (args, problem) => {
    const root = mkdtempSync(join(tmpdir(), 'headgate-refused-'));
    const { code, output } = await startModule(script, args, { cwd: root }).ended;

    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(problem) });
    expect(existsSync(join(root, 'x'))).toBe(false);
    rmSync(root, { recursive: true });
  });
});
