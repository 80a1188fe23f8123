// People at their clone, with real git against the double: pushes to forks, and merges that git cannot make.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@headgate/kit/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Push, Resolve } from '../../src/story/action-schema.js';
import { createDesk, type Desk } from '../../src/story/desk.js';
import { openWorkshop, type Workshop } from '../github/workshop.js';

const repository = 'acme/shop';
let workshop: Workshop;
let directory = '';
let desk: Desk;

beforeEach(async () => {
  workshop = await openWorkshop({ protectedBranches: ['develop'] });
  directory = await mkdtemp(join(tmpdir(), 'headgate-desk-'));
  const { host } = workshop;
  const place = { host, repository, serverUrl: host.serverUrl, directory, storyFolder: directory };
  desk = createDesk({ ...place, run: runCommand, now: () => 1_763_719_200_000 });
});
afterEach(async () => {
  await workshop.close();
  await rm(directory, { recursive: true, force: true });
});

const push = (branch: string, text: string, more: Partial<Push> = {}): Promise<string> =>
  desk.push({
    branch,
    from: 'develop',
    by: 'mona',
    message: text,
    replace: [],
    write: { 'readme.md': `${text}\n` },
    delete: [],
    ...more,
  });

const resolve = (more: Partial<Resolve> = {}): Promise<string> =>
  desk.resolve({
    branch: 'feature/a',
    merging: 'feature/b',
    by: 'ada',
    replace: [],
    write: { 'readme.md': 'both\n' },
    delete: [],
    ...more,
  });

async function shown(fullName: string, ...args: string[]): Promise<string> {
  const bare = workshop.host.gitDirectory(fullName);
  return (await runCommand({ file: 'git', args: ['--git-dir', bare, ...args] })).stdout.trim();
}

describe('a push to a fork', () => {
  it('stays in the fork, which is made for it, and goes on there', async () => {
    const first = await push('feature/gift', 'one', { by: 'eve', fork: true });
    const second = await push('feature/gift', 'two', { by: 'eve', fork: true });

    expect(await shown('eve/shop', 'rev-parse', 'feature/gift', 'feature/gift^')).toBe(`${second}\n${first}`);
    expect(await shown(repository, 'branch', '--list', 'feature/gift')).toBe('');
    expect(workshop.events.map((event) => [event.name, event.repository])).toContainEqual([
      'push',
      'eve/shop',
    ]);
  });

  it('is by somebody who may not push here', async () => {
    await push('feature/gift', 'one', { by: 'eve', fork: true });
    const eve = workshop.host.person('eve', { role: 'read' });
    const sha = await shown(repository, 'rev-parse', 'develop');

    const answer = await eve.request('POST', `/repos/${repository}/git/refs`, { ref: 'refs/heads/x', sha });

    expect(answer.status).toBe(403);
  });
});

describe('a resolution', () => {
  it('is a merge commit by the person, with what they made of the conflict', async () => {
    const ours = await push('feature/a', 'ours');
    const theirs = await push('feature/b', 'theirs', {
      write: { 'readme.md': 'theirs\n', 'other.md': 'x\n' },
    });

    const commit = await resolve();

    expect(await shown(repository, 'rev-parse', 'feature/a', `${commit}^1`, `${commit}^2`)).toBe(
      [commit, ours, theirs].join('\n'),
    );
    expect(await shown(repository, 'show', `${commit}:readme.md`)).toBe('both');
    expect(await shown(repository, 'show', `${commit}:other.md`)).toBe('x');
    expect(await shown(repository, 'show', '--no-patch', '--format=%an: %s', commit)).toBe(
      'ada: Merge feature/b into feature/a',
    );
  });

  it('is refused where git merges by itself', async () => {
    await push('feature/a', 'ours');
    await push('feature/b', 'theirs', { write: { 'other.md': 'x\n' } });

    await expect(resolve()).rejects.toThrow('feature/b was expected to conflict with feature/a');
  });

  it('names the file that it leaves in conflict, and pushes nothing', async () => {
    const ours = await push('feature/a', 'ours');
    await push('feature/b', 'theirs');

    await expect(resolve({ write: { 'other.md': 'x\n' } })).rejects.toThrow(
      'feature/b conflicts with feature/a in readme.md',
    );
    expect(await shown(repository, 'rev-parse', 'feature/a')).toBe(ours);
  });

  it('is refused in git’s own words where there is no such branch', async () => {
    await push('feature/a', 'ours');

    await expect(resolve({ merging: 'nowhere' })).rejects.toMatchObject({ code: 'push-refused' });
  });
});
