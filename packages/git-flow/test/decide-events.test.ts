// Mode decide with branches of other names, in a real repository: every event, from GitHub's payload to the decision.
import type { Decision } from '@headgate/configuration/decision';
import { parseDecision } from '@headgate/configuration/decision-schema';
import { type RunCommand, runCommand } from '@headgate/kit/process';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { type GitServer, startGitServer } from '@headgate/kit/testing/git-server';
import { createTestGitHub } from '@headgate/kit/testing/github';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';

const headgate = `application: shop
branches: {production: main, development: trunk, feature: topic/, release: rel/, hotfix: fix/, support: sup/}
registry: {host: registry.example.com}
images: {shop: {}}
`;

let repository: TestRepository;
let deps: TestDeps;
/** How often the last decision fetched. */
let fetches = 0;

/** main with v1.2.0, two commits more on trunk, as it is checked out. */
function begin(): void {
  repository = createTestRepository();
  const { git } = repository;
  git('checkout', '--quiet', '-b', 'main');
  repository.commit('one', { 'headgate.yml': headgate, Dockerfile: 'FROM scratch' });
  git('tag', 'v1.2.0');
  git('checkout', '--quiet', '-b', 'trunk');
  repository.commit('two', { a: '1' });
  repository.commit('three', { a: '2' });
  push('main', 'trunk', 'v1.2.0');
}

function push(...names: readonly string[]): void {
  repository.git('push', '--quiet', '--force', 'origin', ...names);
  repository.git('fetch', '--quiet', 'origin');
}

type Payload = Readonly<Record<string, unknown>>;

async function decide(
  eventName: string,
  ref: string,
  event: Payload = {},
  workspace?: string,
): Promise<Decision> {
  const sha = repository.git('rev-parse', 'HEAD');
  const context = createTestContext({
    eventName,
    ref,
    event,
    sha,
    workspace: workspace ?? repository.directory,
  });
  const github = createTestGitHub();
  github.on('GET /repos/{owner}/{repo}/pulls', []);
  fetches = 0;
  const counting: RunCommand = (command, options) => {
    if (command.args.includes('fetch')) fetches += 1;
    return runCommand(command, options);
  };
  deps = createTestDeps({ run: counting, connectGitHub: github.connect, context });
  const variables = new Map<string, string>();
  const restore = { version: '', environment: '' };
  const place = { configuration: 'headgate.yml', githubToken: '', variables };
  const inputs = { mode: 'decide', ...place, restore } as const;
  const { outputs } = await run(inputs, deps);
  const decision = parseDecision(String(outputs['decision']));
  if (decision === null) throw new Error('the schema does not take the decision');
  return decision;
}

function pushed(branch: string, event: Payload = {}, workspace?: string): Promise<Decision> {
  return decide('push', `refs/heads/${branch}`, { ref: `refs/heads/${branch}`, ...event }, workspace);
}

function pull(head: string, base: string, from = 'acme/shop', action = 'opened'): Payload {
  const pullRequest = { number: 4, head: { ref: head, repo: { full_name: from } }, base: { ref: base } };
  return { action, number: 4, pull_request: pullRequest };
}

const tags = ({ images }: Decision): unknown => images[0]?.settings['tags'];

describe('branches of other names', () => {
  // Nothing here changes it.
  beforeAll(begin);
  afterAll(() => repository.remove());

  it.each([
    ['topic/x', { branchKind: 'feature', publish: false, nothing: null }],
    ['trunk', { branchKind: 'development', publish: true, nothing: null }],
    ['rel/1.3.0', { branchKind: 'release', publish: true, version: '1.3.0' }],
    ['fix/1.2.1', { branchKind: 'hotfix', publish: true, version: '1.2.1' }],
    ['sup/1.1', { branchKind: 'support', publish: false, nothing: null }],
    ['main', { branchKind: 'production', evidence: 'promote', finish: { promote: true, forecast: false } }],
    [
      'develop',
      { branchKind: 'other', nothing: expect.stringMatching(/^develop: .* \(main, trunk, topic\/\*/) },
    ],
    ['release/1.3.0', { branchKind: 'other', images: [] }],
  ])('a push of %s', async (branch, expected) => {
    expect(await pushed(branch)).toMatchObject(expected);
  });

  it.each<[string, string, string, Payload, object]>([
    [
      'a pull request into trunk',
      'pull_request',
      'refs/pull/4/merge',
      pull('topic/x', 'trunk'),
      { publish: false, nothing: null },
    ],
    [
      'a release’s into main',
      'pull_request',
      'refs/pull/4/merge',
      pull('rel/1.3.0', 'main'),
      { evidence: 'verify', version: '1.3.0', finish: { promote: false, forecast: true } },
    ],
    [
      'a closed one',
      'pull_request',
      'refs/pull/4/merge',
      pull('topic/x', 'trunk', 'acme/shop', 'closed'),
      { nothing: '#4 was closed' },
    ],
    [
      'a fork’s into trunk',
      'pull_request',
      'refs/pull/4/merge',
      pull('trunk', 'trunk', 'eve/shop'),
      { trusted: false, publish: false, environment: null },
    ],
    [
      'a fork’s into main',
      'pull_request',
      'refs/pull/4/merge',
      pull('rel/1.3.0', 'main', 'eve/shop'),
      { trusted: false, publish: false, finish: { promote: false, forecast: false } },
    ],
    [
      'a merge queue into trunk',
      'merge_group',
      'refs/heads/gh-readonly-queue/trunk/pr-4',
      { merge_group: { head_ref: 'refs/heads/gh-readonly-queue/trunk/pr-4', base_ref: 'refs/heads/trunk' } },
      { evidence: 'none', publish: false, nothing: null },
    ],
    [
      'a merge queue into main',
      'merge_group',
      'refs/heads/gh-readonly-queue/main/pr-4',
      { merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-4', base_ref: 'refs/heads/main' } },
      { evidence: 'verify', images: [] },
    ],
    [
      'a tag',
      'push',
      'refs/tags/v9',
      { ref: 'refs/tags/v9' },
      { nothing: 'the tag v9 was pushed; a tag starts nothing' },
    ],
    [
      'a deleted branch',
      'push',
      'refs/heads/topic/x',
      { ref: 'refs/heads/topic/x', deleted: true },
      { nothing: 'the branch topic/x was deleted', branchKind: 'feature' },
    ],
    [
      'a schedule',
      'schedule',
      'refs/heads/trunk',
      { schedule: '7 4 * * *' },
      { drift: true, nothing: null, branchKind: 'development', images: [] },
    ],
    [
      'a comment',
      'issue_comment',
      'refs/heads/trunk',
      { action: 'created' },
      { nothing: expect.stringContaining('resume.yml'), drift: false },
    ],
    [
      'a dispatch of a release',
      'workflow_dispatch',
      'refs/heads/rel/1.3.0',
      { ref: 'refs/heads/rel/1.3.0' },
      { version: '1.3.0', publish: true },
    ],
    [
      'an event that nobody routes',
      'watch',
      'refs/heads/trunk',
      {},
      { nothing: 'nothing is routed for the event watch' },
    ],
  ])('%s', async (_name, eventName, ref, event, expected) => {
    expect(await decide(eventName, ref, event)).toMatchObject(expected);
  });
});

describe('numbers', () => {
  beforeEach(begin);
  afterEach(() => repository.remove());

  it('of a hotfix go on after the hotfix that is open', async () => {
    push('main:refs/heads/fix/1.2.1');

    expect(await pushed('fix/1.2.2')).toMatchObject({ version: '1.2.2' });
    await expect(pushed('fix/1.2.3')).rejects.toMatchObject({
      code: 'invalid-version',
      message: expect.stringContaining('not the patch after 1.2.0 and fix/1.2.1, which is 1.2.2'),
    });
  });

  it('of a release are not claimed twice', async () => {
    push('main:refs/heads/fix/1.2.1');

    await expect(pushed('rel/1.2.1')).rejects.toMatchObject({
      code: 'invalid-version',
      message: expect.stringContaining('claimed by the branch fix/1.2.1'),
    });
  });

  it('of another line do not say what comes next', async () => {
    repository.git('checkout', '--quiet', '-b', 'sup/9.0', 'main');
    repository.commit('of another line');
    repository.git('tag', 'v9.0.0');
    repository.git('checkout', '--quiet', 'trunk');

    expect(tags(await pushed('trunk'))).toEqual([expect.stringMatching(/^1\.3\.0-dev\.2\./)]);
    expect(await pushed('rel/1.3.0')).toMatchObject({ version: '1.3.0' });
    await expect(pushed('rel/9.0.0')).rejects.toMatchObject({ code: 'invalid-version' });
  });
});

describe('a push', () => {
  beforeEach(begin);
  afterEach(() => repository.remove());

  it('by force is said', async () => {
    const before = repository.git('rev-parse', 'HEAD');
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    repository.commit('another three', { a: '3' });
    push('trunk');

    const { notices } = await pushed('trunk', { before, forced: true });

    expect(notices).toEqual([
      expect.stringContaining(`trunk was pushed by force: it does not contain ${before.slice(0, 12)}`),
    ]);
    expect(deps.core.annotations).toEqual([expect.objectContaining({ level: 'notice' })]);
  });

  it('by force on production stops everything', async () => {
    const before = repository.git('rev-parse', 'trunk');
    repository.git('checkout', '--quiet', 'main');

    await expect(pushed('main', { before, forced: true })).rejects.toMatchObject({
      code: 'branch-rewritten',
    });
  });

  it('that only adds commits is not by force, whatever the payload says', async () => {
    const before = repository.git('rev-parse', 'HEAD~1');

    expect((await pushed('trunk', { before, forced: true })).notices).toEqual([]);
  });

  it('of an empty commit takes what was built for the commit before', async () => {
    const before = repository.git('rev-parse', 'HEAD');
    const first = await pushed('trunk');
    repository.commit('nothing');

    const again = await pushed('trunk', { before });

    expect(again.images[0]?.settings['image-key']).toBe(first.images[0]?.settings['image-key']);
    expect(again.notices).toEqual([expect.stringContaining(`The files are those of ${before.slice(0, 12)}`)]);
  });
});

describe('a shallow clone', () => {
  let server: GitServer;
  beforeEach(async () => {
    begin();
    server = await startGitServer(repository.remote);
  });
  afterEach(async () => {
    await server.close();
    repository.remove();
  });

  const clone = (branch: string): Promise<string> =>
    server.clone(`shallow-${branch.replace('/', '-')}`, { depth: 1, branch });

  it('numbers a build as a whole one does', async () => {
    const before = repository.git('rev-parse', 'HEAD~1');
    const whole = await pushed('trunk', { before });

    expect(await pushed('trunk', { before }, await clone('trunk'))).toEqual(whole);
    expect(tags(whole)).toEqual([expect.stringMatching(/^1\.3\.0-dev\.2\./)]);
  });

  it('that a step has deepened stays deep for the next one, which fetches nothing', async () => {
    const { git } = repository;
    git('checkout', '--quiet', 'main');
    for (let number = 0; number < 40; number += 1)
      git('commit', '--quiet', '--allow-empty', '--message', 'x');
    git('tag', 'v1.2.1');
    git('checkout', '--quiet', '-B', 'trunk');
    repository.commit('new');
    push('main', 'trunk', 'v1.2.1');
    const workspace = await clone('trunk');
    const first = await pushed('trunk', {}, workspace);
    expect(fetches).toBeGreaterThan(0);

    expect(await pushed('trunk', {}, workspace)).toEqual(first);
    expect(fetches).toBe(0);
    expect(git('-C', workspace, 'rev-parse', '--is-shallow-repository')).toBe('true');
  });

  it('knows what counted before a merge into production', async () => {
    const { git } = repository;
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '--message', 'Merge rel/1.3.0', 'trunk');
    push('main');
    const whole = await pushed('main');

    expect(await pushed('main', {}, await clone('main'))).toEqual(whole);
  });

  it('sees the numbers that are taken on the remote', async () => {
    push('main:refs/heads/fix/1.2.1', 'trunk:refs/heads/rel/1.2.1');

    await expect(pushed('rel/1.2.1', {}, await clone('rel/1.2.1'))).rejects.toMatchObject({
      message: expect.stringContaining('claimed by the branch fix/1.2.1'),
    });
  });
});
