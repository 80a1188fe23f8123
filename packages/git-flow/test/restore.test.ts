// Mode decide for a released version by hand, and the evidence for it: on real commits, against a GitHub that remembers.
import { readFileSync } from 'node:fs';
import type { Decision } from '@headgate/configuration/decision';
import { canonicalJson, digestOf } from '@headgate/kit/digest';
import { runCommand } from '@headgate/kit/process';
import { type DeliveryRecord, emptyRecord, parseRecord } from '@headgate/kit/record';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evidenceRun } from '../src/evidence.js';
import { flowOf } from '../src/record-file.js';
import { restoreRequest } from '../src/restore-request.js';
import { run } from '../src/run.js';
import { decisionOf, deploymentParts, imageParts, zipOf } from './fixtures.js';
import { createReleaseGitHub, type ReleaseGitHub } from './release-world.js';

const target = '{compose: c.yaml, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}';
const headgate = (workspace: string, more = ''): string => `application: shop
registry: {host: registry.example.com}
images: {shop: {}}
environments:
  production:
    branch: production
    infrastructure: {main: {directory: infrastructure, workspace: ${workspace}}}
    targets: {web: ${target}}
    approval: {groups: {operations: {members: [cleo]}}${more}}
`;
const routes = {
  deployments: 'GET /repos/{owner}/{repo}/deployments',
  statuses: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  artifacts: 'GET /repos/{owner}/{repo}/actions/artifacts',
  run: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
  rules: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
  commit: 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
  contents: 'GET /repos/{owner}/{repo}/contents/{path}',
  rulesets: 'GET /repos/{owner}/{repo}/rulesets',
  ruleset: 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
  releaseOfTag: 'GET /repos/{owner}/{repo}/releases/tags/{tag}',
} as const;

let repository: TestRepository;
let github: ReleaseGitHub;
let deps: TestDeps;
/** Version → commit. */
let commits: Record<string, string>;

beforeEach(() => {
  repository = createTestRepository();
  github = createReleaseGitHub();
  repository.git('checkout', '--quiet', '-B', 'master');
  const files = { Dockerfile: 'FROM scratch', 'c.yaml': 'services: {web: {}}', 'infrastructure/main.tf': '' };
  commits = {};
  for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
    const name = `v${version}`;
    commits[version] = repository.commit(version, {
      ...files,
      'headgate.yml': headgate(`w${version}`),
      version,
    });
    repository.git('tag', '--annotate', '--message', name, name);
    github.tags.set(name, { type: 'commit', sha: commits[version] ?? '' });
  }
  repository.commit('now', { 'headgate.yml': headgate('now', ', rollback: pre-approved') });
  github.on(routes.artifacts, { artifacts: [] });
  github.on(routes.commit, ({ commit_sha: sha }: Record<string, unknown>) => ({
    tree: { sha: repository.git('rev-parse', `${String(sha)}^{tree}`) },
  }));
  github.on(routes.rules, [{ type: 'pull_request' }]);
  github.on(routes.contents, { sha: '9' });
  deployed('1.2.0', '1.1.0', '1.0.0');
});

afterEach(() => repository.remove());

/** The environment's deployments, newest first; those in brackets failed. */
function deployed(...versions: readonly string[]): void {
  const payload = (text: string): object => ({ version: text.replace(/[()]/g, '') });
  github.on(
    routes.deployments,
    versions.map((text, id) => ({ id, payload: payload(text) })),
  );
  github.on(routes.statuses, ({ deployment_id: id }: Record<string, unknown>) => [
    { state: versions[Number(id)]?.startsWith('(') === true ? 'failure' : 'success' },
  ]);
}

function context(ref: string): ReturnType<typeof createTestContext> {
  const sha = repository.git('rev-parse', 'HEAD');
  return createTestContext({ sha, ref, eventName: 'workflow_dispatch', workspace: repository.directory });
}

async function decide(
  version: string,
  environment = 'production',
  ref = 'refs/heads/master',
): Promise<Decision> {
  const event = { ref, inputs: { version, environment } };
  deps = createTestDeps({
    run: runCommand,
    connectGitHub: github.connect,
    context: { ...context(ref), event },
  });
  const place = { configuration: 'headgate.yml', githubToken: 't', variables: new Map<string, string>() };
  const restore = { version: '', environment: '' };
  const { outputs } = await run({ mode: 'decide', ...place, restore }, deps);
  expect(outputs['ref']).toBe((JSON.parse(String(outputs['decision'])) as Decision).commit);
  return JSON.parse(String(outputs['decision'])) as Decision;
}

/** A run of master has left the record of its deployment as artifact 70. */
function proven(
  version: string,
  changes: { readonly outcome?: string; readonly branch?: string } = {},
): void {
  const commit = commits[version] ?? '';
  const tree = repository.git('rev-parse', `${commit}^{tree}`);
  const path = 'headgate/headgate/.github/workflows/git-flow.yml@v1';
  const own = {
    id: 1000,
    html_url: 'https://github.com/acme/shop/actions/runs/1000',
    event: 'workflow_dispatch',
    path: '.github/workflows/delivery.yml',
    head_branch: 'master',
    head_sha: repository.git('rev-parse', 'HEAD'),
    repository: { id: 1 },
    head_repository: { id: 1 },
    referenced_workflows: [{ path, sha: 'e' }],
    conclusion: null,
    status: 'in_progress',
  };
  const html = 'https://github.com/acme/shop/actions/runs/700';
  const before = { ...own, id: 700, html_url: html, event: 'push', head_sha: commit, conclusion: 'success' };
  github.on(routes.run, ({ run_id: id }: Record<string, unknown>) =>
    id === 700 ? { ...before, head_branch: changes.branch ?? 'master' } : own,
  );
  github.on(routes.artifacts, { artifacts: [{ id: 70, expired: false, workflow_run: { id: 700 } }] });
  const flow = flowOf(decisionOf({ branchKind: 'production', commit, tree }), context('refs/heads/master'));
  const [part] = deploymentParts.deployments ?? [];
  const deployments = [{ ...part, environment: 'production', outcome: changes.outcome ?? 'deployed' }];
  const record = {
    ...emptyRecord({ ...flow, run: { id: 700, attempt: 1, url: html }, version }),
    deployments,
  };
  github.addArtifact(70, zipOf('headgate-record.json', record));
}

describe('a released version by hand', () => {
  it.each([
    ['1.0.0', '1.0.0'],
    ['v1.1.0', '1.1.0'],
    ['previous', '1.1.0'],
  ])('%s is %s, as it was released', async (asked, version) => {
    const decision = await decide(asked);

    expect(decision).toMatchObject({
      version,
      commit: commits[version],
      tree: repository.git('rev-parse', `${commits[version]}^{tree}`),
      replaces: '1.2.0',
      evidence: 'restore',
    });
    expect(decision.plans[0]?.settings['workspace']).toBe(`w${version}`);
  });

  it('a commit is the release on it, also when it is cut short', async () => {
    expect((await decide(String(commits['1.0.0']))).version).toBe('1.0.0');
    expect((await decide(String(commits['1.0.0']).slice(0, 10))).version).toBe('1.0.0');
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a version that failed was never there', ['1.2.0', '(1.1.0)', '1.0.0'], '1.0.0'],
    ['twice goes back two', ['1.1.0', '1.2.0', '1.1.0', '1.0.0'], '1.0.0'],
    ['a failed deployment is not what runs', ['(1.2.0)', '1.1.0', '1.0.0'], '1.0.0'],
  ])('previous: %s', async (_why, versions, expected) => {
    deployed(...versions);

    expect((await decide('previous')).version).toBe(expected);
  });

  it('asks by the policy of now: nobody, where evidence shows the older version to have run there', async () => {
    proven('1.1.0');
    const decision = await decide('1.1.0');

    expect(decision.approval).toBeNull();
    expect(decision.notices).toEqual([expect.stringContaining('is pre-approved')]);
  });

  it.each<readonly [string, Parameters<typeof proven>[1]]>([
    ['was undone', { outcome: 'undone' }],
    ['ran on another branch', { branch: 'release/1.1.0' }],
  ])('asks people where the run that should show it %s', async (_what, changes) => {
    proven('1.1.0', changes);

    expect((await decide('1.1.0')).approval?.name).toBe('production');
  });
});

describe('a released version by hand is refused', () => {
  it.each<readonly [string, readonly [string, string?, string?], string, string]>([
    [
      'on another branch',
      ['1.0.0', 'production', 'refs/heads/develop'],
      'dispatch-refused',
      'Start it on master',
    ],
    ['on a tag', ['1.0.0', 'production', 'refs/tags/master'], 'dispatch-refused', 'Start it on master'],
    ['for an unknown environment', ['1.0.0', 'prod'], 'dispatch-refused', 'name of one of them'],
    ['without an environment', ['1.0.0', ''], 'dispatch-refused', 'Give environment too'],
    ['without a version', ['', 'production'], 'dispatch-refused', 'Give version too'],
    ['as a branch', ['release/1.0.0'], 'dispatch-refused', 'such as 1.4.2'],
    ['when it was never released', ['3.0.0'], 'restore-missing', 'tagged in this repository'],
    ['as a commit that is none', ['abcdef0'], 'restore-missing', 'tagged in this repository'],
  ])('%s', async (_what, [version, environment, ref], code, hint) => {
    await expect(decide(version, environment, ref)).rejects.toMatchObject({
      code,
      hint: expect.stringContaining(hint),
    });
  });

  it('as a commit without a release', async () => {
    await expect(decide(repository.git('rev-parse', 'HEAD'))).rejects.toMatchObject({
      code: 'restore-missing',
    });
  });

  it('as previous, when nothing ran before', async () => {
    deployed('1.0.0');

    await expect(decide('previous')).rejects.toMatchObject({ code: 'restore-missing' });
  });
});

describe('what a run started by hand is to bring', () => {
  const none = { version: '', environment: '' };

  it('is nothing when nobody says it: then the run is as a push', () => {
    const event = { inputs: { version: '', environment: '' } };

    expect(restoreRequest(none, { eventName: 'workflow_dispatch', event })).toBeNull();
    expect(restoreRequest(none, { eventName: 'workflow_dispatch', event: { inputs: null } })).toBeNull();
    expect(restoreRequest(none, { eventName: 'push', event: { inputs: { version: '1.0.0' } } })).toBeNull();
  });

  it('is what the step says before what the dispatch says', () => {
    const given = { version: 'previous', environment: 'staging' };
    const event = { inputs: { version: '1.0.0', environment: 'production' } };

    expect(restoreRequest(given, { eventName: 'workflow_dispatch', event })).toEqual(given);
  });
});

describe('the evidence for it', () => {
  const imagesOf = (version: string): DeliveryRecord => {
    const commit = commits[version] ?? '';
    const tree = repository.git('rev-parse', `${commit}^{tree}`);
    const flow = flowOf(decisionOf({ branchKind: 'production', commit, tree }), context('refs/heads/master'));
    return { ...emptyRecord({ ...flow, version }), images: imageParts('1').images ?? [] };
  };

  /** Only the tag and its release are left of it. */
  function outlived(version: string, rules: readonly string[]): void {
    const record = imagesOf(version);
    const message = `Release\n\nHeadgate-Record: ${digestOf(record)}`;
    github.tagObjects.set('7', { object: commits[version] ?? '', message, type: 'commit' });
    github.tags.set(`v${version}`, { type: 'tag', sha: '7' });
    github.on(routes.releaseOfTag, {
      html_url: 'https://github.com/acme/shop/releases/tag/v1.0.0',
      assets: [{ id: 8, name: 'headgate-record.json', size: 9 }],
    });
    github.addAsset(8, Buffer.from(canonicalJson(record)));
    github.on(routes.rulesets, [{ id: 3, enforcement: 'active', target: 'tag' }]);
    const conditions = { ref_name: { include: ['refs/tags/v*'], exclude: [] } };
    github.on(routes.ruleset, { conditions, rules: rules.map((type) => ({ type })) });
  }

  async function find(decision: Decision): Promise<Record<string, unknown>> {
    const inputs = { decision: JSON.stringify(decision), configuration: 'headgate.yml', githubToken: 't' };
    return (await evidenceRun({ mode: 'evidence', ...inputs }, deps)).outputs;
  }

  it('is the record that a protected tag names, once artifacts have ended', async () => {
    outlived('1.0.0', ['creation', 'update', 'deletion']);
    const outputs = await find(await decide('1.0.0'));

    const record = parseRecord(JSON.parse(readFileSync(String(outputs['record-file']), 'utf8')));
    expect(record.images.map(({ digest }) => digest)).toEqual(
      imagesOf('1.0.0').images.map(({ digest }) => digest),
    );
    expect(record.flow).toMatchObject({ version: '1.0.0', commit: commits['1.0.0'] });
    expect(outputs['version']).toBe('1.0.0');
  });

  it('is refused without any, with every reason', async () => {
    await expect(find(await decide('1.1.0'))).rejects.toMatchObject({
      code: 'evidence-missing',
      message: expect.stringContaining('the tag v1.1.0 is not annotated'),
    });
  });

  it('an unprotected tag counts only where people are asked', async () => {
    outlived('1.0.0', []);
    const asked = await decide('1.0.0');

    expect(String((await find(asked))['notices'])).toContain('v1.0.0 is unprotected');
    await expect(find({ ...asked, approval: null })).rejects.toMatchObject({ code: 'evidence-missing' });
  });
});
