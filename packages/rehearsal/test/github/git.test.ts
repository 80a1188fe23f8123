import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pushedCommands } from '../../src/github/git-backend.js';
import { openWorkshop, pushFeature, runGit, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const nobody = { name: 'nobody', email: 'nobody@example.test' };
const withToken = (token: string, path = 'acme/shop.git'): string =>
  workshop.host.serverUrl.replace('://', `://x-access-token:${token}@`).concat(`/${path}`);

describe('clone and push', () => {
  it('serves a repository with and without the .git ending', async () => {
    const token = workshop.jobToken({ contents: 'read' });

    const plain = await runGit('/', nobody, ['ls-remote', withToken(token, 'acme/shop'), 'refs/heads/*']);
    const suffixed = await runGit('/', nobody, ['ls-remote', withToken(token), 'refs/heads/*']);

    expect(plain).toMatchObject({ code: 0, stdout: suffixed.stdout });
    expect(plain.stdout).toMatch(/refs\/heads\/develop\n.*refs\/heads\/master/u);
  });

  it('accepts a bearer header as checkout sends a basic one', async () => {
    const token = workshop.jobToken({ contents: 'read' });
    const header = (value: string): readonly string[] => ['-c', `http.extraheader=AUTHORIZATION: ${value}`];
    const url = `${workshop.host.serverUrl}/acme/shop`;
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');

    const bearer = await runGit('/', nobody, [...header(`bearer ${token}`), 'ls-remote', url, 'HEAD']);
    const checkout = await runGit('/', nobody, [...header(`basic ${basic}`), 'ls-remote', url, 'HEAD']);

    expect(bearer).toMatchObject({ code: 0, stdout: checkout.stdout });
    expect(bearer.stdout).toMatch(/^[0-9a-f]{40}\tHEAD/u);
  });

  it.each([
    ['no token', '', /Authentication failed|could not read Username|terminal prompts disabled/u],
    ['a wrong token', 'ghs_wrong', /Authentication failed|403|401/u],
  ])('hides a private repository from %s', async (_name, token, text) => {
    const url = token === '' ? `${workshop.host.serverUrl}/acme/shop.git` : withToken(token);

    const result = await runGit('/', nobody, ['ls-remote', url]);

    expect(result.code).not.toBe(0);
    expect(result.shown).toMatch(text);
  });

  it('tells a job of another repository that there is none', async () => {
    await workshop.host.addRepository({ ...workshop.host.repository('acme/shop'), name: 'other' });
    const token = workshop.jobToken({ contents: 'write' }, 'acme/other');

    const result = await runGit('/', nobody, ['ls-remote', withToken(token)]);

    expect(result.shown).toMatch(/not found/iu);
  });

  it('shows a public repository to everybody but lets nobody push without a token', async () => {
    const open = { ...workshop.host.repository('acme/shop'), name: 'open', public: true };
    await workshop.host.addRepository(open);
    const url = `${workshop.host.serverUrl}/acme/open.git`;
    const clone = await workshop.clone(workshop.bob);

    const read = await runGit('/', nobody, ['ls-remote', url]);
    const push = await clone.git('push', url, 'HEAD:refs/heads/x');

    expect(read.code).toBe(0);
    expect(push.code).not.toBe(0);
  });

  it.each([['read' as const], ['none' as const]])('refuses a push with contents: %s', async (level) => {
    const clone = await workshop.clone(workshop.bob);

    const result = await clone.git(
      'push',
      withToken(workshop.jobToken({ contents: level })),
      'HEAD:refs/heads/x',
    );

    expect(result.code).not.toBe(0);
    expect(result.shown).toMatch(/403|denied to github-actions\[bot\]/u);
  });

  it('stops answering a token that was revoked', async () => {
    const token = workshop.jobToken({ contents: 'read' });
    workshop.host.revokeToken(token);

    expect((await runGit('/', nobody, ['ls-remote', withToken(token)])).code).not.toBe(0);
  });

  it('takes a push of more than a pipe holds, and a shallow partial clone of it', async () => {
    const big = await pushFeature(workshop, 'feature/big', { 'big.txt': 'x0y1z2'.repeat(400_000) });
    const target = `${big.directory}/shallow`;

    const result = await big.git(
      'clone',
      '-q',
      '--depth=1',
      '--filter=blob:none',
      '-b',
      'feature/big',
      workshop.bob.remote('acme/shop'),
      target,
    );

    expect(result.code).toBe(0);
    expect((await runGit(target, nobody, ['rev-list', '--count', 'HEAD'])).stdout).toBe('1\n');
  });
});

describe('protection', () => {
  it('refuses a writer and a job, names the rule, and lets other refs of the same push through', async () => {
    const clone = await workshop.clone(workshop.bob);
    await clone.commit('Straight to develop');
    const remote = withToken(workshop.jobToken({ contents: 'write' }));

    const person = await clone.git('push', 'origin', 'HEAD:develop', 'HEAD:feature/beside');
    const job = await clone.git('push', remote, 'HEAD:master');

    expect(person.code).not.toBe(0);
    expect(person.shown).toMatch(/GH006: Protected branch update failed for refs\/heads\/develop/u);
    expect(person.shown).toMatch(/\[new branch\]\s+HEAD -> feature\/beside/u);
    expect(job.shown).toMatch(/remote rejected/u);
    expect(workshop.events.map(({ name, ref }) => `${name} ${ref}`)).toEqual([
      'push refs/heads/feature/beside',
      'create refs/heads/feature/beside',
    ]);
  });

  it('lets an administrator through, but lets nobody delete the default branch', async () => {
    const clone = await workshop.clone(workshop.ann);
    await clone.commit('By the administrator');

    const push = await clone.git('push', 'origin', 'HEAD:develop');
    const removal = await clone.git('push', 'origin', ':develop');

    expect(push.code).toBe(0);
    expect(removal.code).not.toBe(0);
  });

  it('lets nobody who is bound make or move a protected tag', async () => {
    await workshop.host.addRepository({
      ...workshop.host.repository('acme/shop'),
      name: 'tagged',
      protectedTags: ['v*'],
      reservedTags: ['v*'],
    });
    const clone = await workshop.clone(workshop.bob);
    const remote = workshop.bob.remote('acme/tagged');
    await clone.git(
      'push',
      '-q',
      workshop.ann.remote('acme/tagged'),
      'HEAD:refs/heads/x',
      'HEAD:refs/tags/v1.0.0',
    );
    await clone.commit('Another');

    const moved = await clone.git('push', '--force', remote, 'HEAD:refs/tags/v1.0.0');
    const created = await clone.git('push', remote, 'HEAD:refs/tags/v1.0.1');
    const other = await clone.git('push', remote, 'HEAD:refs/tags/nightly');

    expect([moved.code, created.code, other.code]).toEqual([1, 1, 0]);
  });

  it('refuses to touch the refs of pull requests', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    await workshop.bob.openPullRequest({
      repository: 'acme/shop',
      head: 'feature/a',
      base: 'develop',
      title: 'A',
    });

    const result = await clone.git('push', 'origin', '+HEAD:refs/pull/1/merge');

    expect(result.shown).toMatch(/hidden ref/u);
  });
});

describe('workflow files', () => {
  const file = '.github/workflows/own.yml';

  it('are not written by a job, by push or by REST, unless a branch holds the same file already', async () => {
    const clone = await workshop.clone(workshop.bob);
    const remote = withToken(workshop.jobToken({ contents: 'write' }));
    await clone.commit('A workflow', { [file]: 'on: push\n' });

    const refused = await clone.git('push', remote, 'HEAD:refs/heads/sneaky');
    await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/feature/reviewed');
    await clone.commit('Beside it', { other: 'x' });
    const merged = await clone.git('push', remote, 'HEAD:refs/heads/back-merge');

    expect(refused.code).not.toBe(0);
    expect(refused.shown).toContain(`create or update workflow \`${file}\` without \`workflows\` permission`);
    expect(merged.code).toBe(0);
  });

  it('are deleted and left alone freely', async () => {
    const clone = await workshop.clone(workshop.bob);
    const remote = withToken(workshop.jobToken({ contents: 'write' }));
    await clone.git('rm', '-q', '.github/workflows/delivery.yml');
    await clone.commit('Without it');

    expect((await clone.git('push', remote, 'HEAD:refs/heads/bare')).code).toBe(0);
    expect((await clone.git('push', remote, ':refs/heads/bare')).code).toBe(0);
  });

  it('are guarded when a job makes a ref over REST', async () => {
    const clone = await workshop.clone(workshop.bob);
    const sha = await clone.commit('A workflow', { [file]: 'on: push\n' });
    await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/feature/gone');
    await clone.git('push', '-q', 'origin', ':refs/heads/feature/gone');
    const body = JSON.stringify({ ref: 'refs/heads/sneaky', sha });

    const response = await workshop.ask(
      workshop.jobToken({ contents: 'write' }),
      '/repos/acme/shop/git/refs',
      {
        method: 'POST',
        body,
      },
    );

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(file) });
  });
});

describe('names', () => {
  it('reads any ref name out of a push as it was sent', () => {
    const sha = fc.stringMatching(/^[0-9a-f]{40}$/u);
    const name = fc.stringMatching(/^[^\0\n]{1,40}$/u).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: sha, to: sha, ref: name }), { minLength: 1, maxLength: 5 }),
        (moves) => {
          const lines = moves.map(({ from, to, ref }, index) => {
            const body = Buffer.from(`${from} ${to} ${ref}${index === 0 ? '\0report-status' : ''}`);
            return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
          });
          const request = Buffer.concat([...lines, Buffer.from('0000PACK')]);

          expect(pushedCommands(request)).toEqual(moves);
        },
      ),
    );
  });

  it('survives any bytes in place of a push', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Array.isArray(pushedCommands(Buffer.from(bytes)))).toBe(true);
      }),
    );
  });
});
