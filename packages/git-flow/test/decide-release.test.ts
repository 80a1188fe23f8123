// Mode decide on the way to production, in a real repository: what the workflows get, and whose policy counts.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { runCommand } from '@headgate/kit/process';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { outputNames } from '../src/inputs.js';
import { run } from '../src/run.js';

const headgate = `application: shop
registry: {host: registry.example.com}
images: {shop: {}}
environments:
  staging:
    branch: release
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}}
  production:
    branch: production
    infrastructure: {main: {directory: infrastructure}}
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}}
    approval: {groups: {operations: {members: [cleo]}}, expires: 12h}
notifications:
  team: {type: smtp, host: mail.example.com, from: a@example.com, to: [b@example.com], on: [released]}
`;
const files = {
  'headgate.yml': headgate,
  Dockerfile: 'FROM scratch',
  'compose.yaml': 'services: {web: {}}',
  'infrastructure/main.tf': '',
};

let repository: TestRepository;
let deps: TestDeps;

beforeEach(() => {
  repository = createTestRepository();
});

afterEach(() => repository.remove());

/** A merge commit on master of a release branch with these files. */
function merge(changed: Readonly<Record<string, string>>): void {
  repository.git('checkout', '--quiet', '-B', 'master');
  repository.git('checkout', '--quiet', '-b', 'release/1.0.0');
  repository.commit('the release', changed);
  repository.git('checkout', '--quiet', 'master');
  repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'release/1.0.0');
}

function decide(ref: string, eventName = 'push'): Promise<ActionResult> {
  const sha = repository.git('rev-parse', 'HEAD');
  const workspace = repository.directory;
  const context = createTestContext({ sha, ref, eventName, event: { ref }, workspace });
  deps = createTestDeps({ run: runCommand, connectGitHub: createTestGitHub().connect, context });
  const variables = new Map<string, string>();
  const restore = { version: '', environment: '' };
  return run({ mode: 'decide', configuration: 'headgate.yml', githubToken: 't', variables, restore }, deps);
}

function decisionOf({ outputs }: ActionResult): Decision {
  return JSON.parse(String(outputs['decision'])) as Decision;
}

describe('a merge into production', () => {
  it('gives the workflows everything they route on', async () => {
    repository.commit('before', files);
    merge({ 'src.txt': '1' });

    const { outputs } = await decide('refs/heads/master');

    expect(outputs).toMatchObject({
      images: '[]',
      'machine-images': '[]',
      environment: 'production',
      publish: 'false',
      'branch-kind': 'production',
      version: '',
      evidence: 'promote',
      promote: 'true',
      forecast: 'false',
      'notify-approval-requested': '',
      'notify-deployed': '',
      'notify-failed': '',
      nothing: '',
    });
    expect(JSON.parse(String(outputs['plans']))).toMatchObject([
      { stage: 'plan', name: 'main', settings: { seal: true, environment: 'production' } },
    ]);
    expect(JSON.parse(String(outputs['approval']))).toMatchObject({
      stage: 'approval',
      name: 'production',
      settings: { groups: { operations: { members: ['cleo'], quorum: 1 } }, expires: '12h' },
    });
    expect(JSON.parse(String(outputs['notify-released']))).toMatchObject({ event: 'released' });
    expect(Object.keys(outputs).filter((name) => !(outputNames as readonly string[]).includes(name))).toEqual(
      [],
    );
  });

  it('is judged by the headgate.yml before it, whatever it brings itself', async () => {
    repository.commit('before', files);
    const change = headgate.replace('members: [cleo]', 'members: [mallory]').replace('12h', '700h');
    merge({ 'headgate.yml': change });
    const before = repository.git('rev-parse', 'HEAD^1');

    const result = await decide('refs/heads/master');

    expect(decisionOf(result).approval?.settings).toMatchObject({
      groups: { operations: { members: ['cleo'] } },
      expires: '12h',
    });
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining(before.slice(0, 12)) }),
    ]);
    const summary = deps.core.summary();
    expect(summary).toContain('cleo');
    expect(summary).not.toContain('mallory');
  });

  it('as the first release uses its own, and says so', async () => {
    repository.commit('before', { 'README.md': 'nothing yet' });
    merge(files);

    const result = await decide('refs/heads/master');

    expect(decisionOf(result).approval?.name).toBe('production');
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ message: expect.stringContaining('those of this very commit') }),
    ]);
  });

  it('as the very first commit uses its own', async () => {
    repository.git('checkout', '--quiet', '--orphan', 'master');
    repository.commit('first', files);

    expect(decisionOf(await decide('refs/heads/master')).approval?.name).toBe('production');
  });

  it('is refused when the headgate.yml before it cannot be read: it may have asked for more', async () => {
    repository.commit('before', { ...files, 'headgate.yml': `${headgate}enviroments: {}\n` });
    merge({ 'headgate.yml': headgate });

    await expect(decide('refs/heads/master')).rejects.toMatchObject({
      code: 'policy-unreadable',
      message: expect.stringContaining('unknown key `enviroments`'),
      hint: expect.stringContaining('Merge once more'),
    });
  });

  it('needs no file beside headgate.yml in the commit before', async () => {
    repository.commit('before', { 'headgate.yml': headgate });
    merge(files);

    expect(decisionOf(await decide('refs/heads/master')).notices).toEqual([]);
  });
});

describe('a dispatch', () => {
  it('of a release is as a push of it', async () => {
    repository.commit('before', files);

    const { outputs } = await decide('refs/heads/release/1.0.0', 'workflow_dispatch');

    expect(outputs).toMatchObject({
      publish: 'true',
      version: '1.0.0',
      environment: 'staging',
      forecast: 'true',
    });
  });

  it('of another branch does nothing, and says where one is taken', async () => {
    repository.commit('before', files);

    const { outputs } = await decide('refs/heads/master', 'workflow_dispatch');

    expect(outputs['nothing']).toContain('a run is started by hand only on develop, release/* and hotfix/*');
    expect(outputs['evidence']).toBe('none');
  });
});
