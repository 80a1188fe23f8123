// Mode evidence on real commits: the record that promotes, and the refusals with their cures.
import { readFileSync } from 'node:fs';
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { canonicalJson, digestOf } from '@headgate/kit/digest';
import { type DeliveryRecord, parseRecord } from '@headgate/kit/record';
import type { MachineImagePart } from '@headgate/kit/record-parts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { evidenceRun } from '../src/evidence.js';
import { zipOf } from './fixtures.js';
import { createReleaseWorld, type ReleaseWorld } from './release-world.js';

const routes = {
  artifacts: 'GET /repos/{owner}/{repo}/actions/artifacts',
  run: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
  runs: 'GET /repos/{owner}/{repo}/actions/runs',
  rules: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
  commit: 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
  contents: 'GET /repos/{owner}/{repo}/contents/{path}',
  pulls: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  rulesets: 'GET /repos/{owner}/{repo}/rulesets',
  ruleset: 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
  releaseOfTag: 'GET /repos/{owner}/{repo}/releases/tags/{tag}',
} as const;

const machineImage: MachineImagePart = {
  template: 'host',
  builder: 'docker.host',
  type: 'docker',
  region: '',
  id: 'sha256:1',
  artifactId: '1',
  files: [],
};
const stagingUrl = 'https://github.com/acme/shop/actions/runs/900';

let world: ReleaseWorld;

beforeEach(() => {
  world = createReleaseWorld();
  offer();
});

afterEach(() => world.repository.remove());

/** Staging has run the tip of the branch, and left its record. */
function offer(): void {
  const { github, record, tip, repository } = world;
  const shared = {
    repository: { id: 1 },
    head_repository: { id: 1 },
    path: '.github/workflows/delivery.yml',
  };
  const referenced = [{ path: 'headgate/headgate/.github/workflows/git-flow.yml@v1', sha: 'e' }];
  const run = {
    ...shared,
    referenced_workflows: referenced,
    event: 'push',
    head_sha: tip,
    html_url: stagingUrl,
  };
  const staging = {
    ...run,
    id: 900,
    head_branch: 'release/1.0.0',
    status: 'completed',
    conclusion: 'success',
  };
  github.on(routes.artifacts, { artifacts: [{ id: 50, expired: false, workflow_run: { id: 900 } }] });
  github.on(routes.run, ({ run_id: id }: Record<string, unknown>) =>
    id === 900 ? staging : { ...run, id: 1000 },
  );
  github.on(routes.rules, [{ type: 'pull_request' }]);
  github.on(routes.commit, ({ commit_sha: sha }: Record<string, unknown>) => ({
    tree: { sha: repository.git('rev-parse', `${String(sha)}^{tree}`) },
  }));
  github.on(routes.contents, { sha: '9' });
  github.on(routes.runs, { workflow_runs: [] });
  github.on(routes.rulesets, [{ id: 3, enforcement: 'active', target: 'tag' }]);
  protectTags(['creation', 'update', 'deletion']);
  const flow = {
    ...record.flow,
    commit: tip,
    version: '1.0.0',
    run: { id: 900, attempt: 1, url: stagingUrl },
  };
  const left: DeliveryRecord = { ...record, flow, machineImages: [machineImage], tests: [], plans: [] };
  github.addArtifact(50, zipOf('headgate-record.json', left));
}

function protectTags(rules: readonly string[]): void {
  const conditions = { ref_name: { include: ['refs/tags/v*'], exclude: [] } };
  world.github.on(routes.ruleset, { conditions, rules: rules.map((type) => ({ type })) });
}

const tagUrl = 'https://github.com/acme/shop/releases/tag/v1.0.0';

/** The artifacts of staging have ended, and the tag that this run set before stands. */
function outlive(record = world.record): void {
  const { github, merge } = world;
  github.on(routes.artifacts, { artifacts: [] });
  const message = `Release 1.0.0\n\nHeadgate-Record: ${digestOf(record)}`;
  github.tagObjects.set('7', { object: merge, message, type: 'commit' });
  github.tags.set('v1.0.0', { type: 'tag', sha: '7' });
  github.on(routes.releaseOfTag, {
    html_url: tagUrl,
    assets: [{ id: 8, name: 'headgate-record.json', size: 9 }],
  });
  github.addAsset(8, Buffer.from(canonicalJson(record)));
}

const approval = { stage: 'approval', name: 'production', leg: '0'.repeat(12), settings: {} } as const;

function find(overrides: Partial<Decision> = {}): Promise<ActionResult> {
  const decision = JSON.stringify({ ...world.decision, ...overrides });
  const inputs = { decision, configuration: 'headgate.yml', githubToken: 'token' };
  return evidenceRun({ mode: 'evidence', ...inputs }, world.deps);
}

/** The merge as a pull request's run sees it. */
const asPull = (): Partial<Decision> => ({
  event: 'pull_request',
  branch: 'release/1.0.0',
  branchKind: 'pull-request',
  evidence: 'verify',
  finish: { promote: false, forecast: true },
});

function recordOf({ outputs }: ActionResult): DeliveryRecord {
  return parseRecord(JSON.parse(readFileSync(String(outputs['record-file']), 'utf8')));
}

describe('mode evidence', () => {
  it('writes a record of this run with the version and the digests of staging', async () => {
    const result = await find();

    const record = recordOf(result);
    expect(record.flow).toMatchObject({
      commit: world.merge,
      version: '1.0.0',
      run: { id: 1000 },
      branchKind: 'production',
    });
    expect(record.images).toEqual(world.record.images.map((image) => ({ ...image, reusedFrom: stagingUrl })));
    expect(record.machineImages).toEqual([machineImage]);
    expect(result.outputs).toMatchObject({
      'record-digest': digestOf(record),
      version: '1.0.0',
      'evidence-url': stagingUrl,
      notices: '[]',
    });
  });

  it('gives it no name under which it could be evidence itself', async () => {
    const { outputs } = await find();

    expect(outputs['record-artifact-name']).toMatch(/^headgate-record-[0-9a-f]{16}-evidence-1$/);
  });

  it('keeps the address of the run that built an image which staging had reused', async () => {
    const reusedFrom = 'https://github.com/acme/shop/actions/runs/800';
    const images = world.record.images.map((image) => ({ ...image, reusedFrom }));
    const flow = { ...world.record.flow, commit: world.tip, run: { id: 900, attempt: 1, url: stagingUrl } };
    world.github.addArtifact(50, zipOf('headgate-record.json', { ...world.record, flow, images }));

    expect(recordOf(await find()).images[0]?.reusedFrom).toBe(reusedFrom);
  });

  it('carries no approval, no plan and no deployment over', async () => {
    const { approvals, plans, deployments, configurations, tests } = recordOf(await find());

    expect([approvals, plans, deployments, configurations, tests]).toEqual([[], [], [], [], []]);
  });

  it('lists a changed workflow file for the request', async () => {
    world.github.on(routes.contents, ({ ref }: Record<string, unknown>) => ({
      sha: ref === world.before ? '8' : '9',
    }));

    const { outputs } = await find();

    const compare = `https://github.com/acme/shop/compare/${world.before}...${world.tip}`;
    expect(JSON.parse(String(outputs['notices']))).toEqual([
      expect.stringContaining(`.github/workflows/delivery.yml at ${world.tip.slice(0, 12)}`),
    ]);
    expect(outputs['notices']).toContain(compare);
    expect(world.deps.core.annotations).toMatchObject([{ level: 'notice' }]);
  });

  it('verifies a pull request in the same way', async () => {
    expect((await find(asPull())).outputs['evidence-url']).toBe(stagingUrl);
    expect((await find({ ...asPull(), version: '1.0.0' })).outputs['version']).toBe('1.0.0');
  });

  it('says in the summary which digests go out', async () => {
    await find();

    expect(world.deps.core.summary()).toContain(String(world.record.images[0]?.digest));
  });
});

describe('once the artifacts of staging have ended', () => {
  it('the tag of the release shows what it names', async () => {
    outlive();

    const result = await find();

    expect(recordOf(result).images).toEqual(
      world.record.images.map((image) => ({ ...image, reusedFrom: tagUrl })),
    );
    expect(result.outputs).toMatchObject({ version: '1.0.0', 'evidence-url': tagUrl, notices: '[]' });
    expect(world.deps.core.summary()).toContain('Tag v1.0.0');
  });

  it('an unprotected tag counts where people are asked, who are told', async () => {
    outlive();
    protectTags(['deletion']);

    const { outputs } = await find({ approval });

    expect(JSON.parse(String(outputs['notices']))).toEqual([
      expect.stringMatching(/v1\.0\.0 is unprotected: no ruleset limits its creation, update/),
    ]);
  });

  it('an unprotected tag counts nowhere else', async () => {
    outlive();
    protectTags(['deletion']);

    await expect(find()).rejects.toMatchObject({
      code: 'evidence-missing',
      message: expect.stringContaining('the tag v1.0.0 is unprotected, and nobody is asked'),
    });
  });

  it('a tag on another tree shows nothing', async () => {
    outlive();
    const { tip, before } = world;
    world.github.on(routes.commit, ({ commit_sha: sha }: Record<string, unknown>) => ({
      tree: { sha: sha === world.merge ? before : tip },
    }));

    await expect(find()).rejects.toMatchObject({ code: 'evidence-missing' });
  });

  it('a pull request is not covered by a tag', async () => {
    outlive();

    await expect(find(asPull())).rejects.toMatchObject({ code: 'evidence-missing' });
  });
});

it('people hear that the tag will be unprotected while its evidence is fresh', async () => {
  world.github.on(routes.rulesets, []);

  const { outputs } = await find();

  expect(JSON.parse(String(outputs['notices']))).toEqual([expect.stringContaining('v1.0.0 is unprotected')]);
});

describe('mode evidence refuses', () => {
  it('a push without evidence, with the branch to push at this very commit', async () => {
    world.github.on(routes.artifacts, { artifacts: [] });

    await expect(find()).rejects.toMatchObject({
      code: 'evidence-missing',
      message: expect.stringContaining('no run has left one'),
      hint: expect.stringContaining(`git push origin ${world.merge}:refs/heads/release/1.0.0`),
    });
  });

  it('names a release when the merged branch was none', async () => {
    world.github.on(routes.artifacts, { artifacts: [] });
    world.github.on(routes.pulls, []);

    await expect(find()).rejects.toMatchObject({ hint: expect.stringContaining('release/X.Y.Z') });
  });

  it('evidence that does not count, with the reason', async () => {
    world.github.on(routes.rules, []);

    await expect(find()).rejects.toMatchObject({
      code: 'evidence-missing',
      message: expect.stringContaining('run 900: no ruleset protects its branch release/1.0.0'),
    });
  });

  it('a pull request whose branch lacks what production has', async () => {
    world.repository.git('checkout', '--quiet', 'master');
    world.repository.git('reset', '--quiet', '--hard', world.before);
    world.repository.commit('meanwhile', { b: 'hotfix' });
    world.repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'release/1.0.0');
    const [commit, tree] = [
      world.repository.git('rev-parse', 'HEAD'),
      world.repository.git('rev-parse', 'HEAD^{tree}'),
    ];
    world.github.on(routes.artifacts, { artifacts: [] });

    await expect(find({ ...asPull(), commit, tree })).rejects.toMatchObject({
      code: 'evidence-missing',
      hint: expect.stringContaining('Merge master into release/1.0.0'),
    });
  });

  it('a merge queue’s group that nothing has shown, with what to do about its pull request', async () => {
    world.github.on(routes.artifacts, { artifacts: [] });
    const branch = 'gh-readonly-queue/master/pr-4';

    await expect(find({ ...asPull(), event: 'merge_group', branch })).rejects.toMatchObject({
      code: 'evidence-missing',
      hint: expect.stringMatching(/out of the queue, merge master into its branch/),
    });
  });

  it('a pull request whose staging failed', async () => {
    world.github.on(routes.artifacts, { artifacts: [] });

    await expect(find(asPull())).rejects.toMatchObject({
      code: 'evidence-missing',
      hint: expect.stringContaining('Let the run of release/1.0.0 reach staging'),
    });
  });

  it('a pull request of another version than the one that was shown', async () => {
    await expect(find({ ...asPull(), version: '1.1.0' })).rejects.toMatchObject({ code: 'version-mismatch' });
  });

  it('a commit that is no merge', async () => {
    world.repository.remove();
    world = createReleaseWorld({ squashed: true });

    await expect(find()).rejects.toMatchObject({ code: 'not-a-merge' });
  });

  it('a lost decision', async () => {
    const inputs = { decision: '', configuration: 'headgate.yml', githubToken: 'token' };

    await expect(evidenceRun({ mode: 'evidence', ...inputs }, world.deps)).rejects.toMatchObject({
      code: 'record-dropped',
    });
  });
});

describe('a run of staging that is on its way', () => {
  const active = {
    id: 901,
    html_url: 'https://github.com/acme/shop/actions/runs/901',
    event: 'push',
    status: 'in_progress',
    path: '.github/workflows/delivery.yml',
    head_branch: 'release/1.0.0',
  };

  beforeEach(() => {
    world.github.on(routes.artifacts, { artifacts: [] });
  });

  it.each([
    ['runs', {}],
    ['is queued', { status: 'queued' }],
    ['was started by hand', { event: 'workflow_dispatch' }],
    ['is that of a hotfix', { head_branch: 'hotfix/1.0.1' }],
  ])('makes it pending: it %s', async (_, overrides) => {
    world.github.on(routes.runs, { workflow_runs: [{ ...active, ...overrides }] });

    await expect(find(asPull())).rejects.toMatchObject({
      code: 'staging-pending',
      message: expect.stringContaining(active.html_url),
    });
    await expect(find()).rejects.toMatchObject({ code: 'staging-pending' });
    const asked = world.github.calls.filter(({ route }) => route === routes.runs);
    expect(asked[0]?.parameters).toEqual({ head_sha: world.tip });
  });

  it.each([
    ['has ended', { status: 'completed' }],
    ['is that of a pull request', { event: 'pull_request' }],
    ['is that of another workflow', { path: '.github/workflows/lint.yml' }],
    ['is that of a feature branch', { head_branch: 'feature/x' }],
    ['is that of no branch', { head_branch: null }],
  ])('is not waited for when it %s', async (_, overrides) => {
    world.github.on(routes.runs, { workflow_runs: [{ ...active, ...overrides }] });

    await expect(find(asPull())).rejects.toMatchObject({ code: 'evidence-missing' });
  });

  describe('when this check was run again', () => {
    let status = 'in_progress';
    beforeEach(() => {
      world.repository.remove();
      world = createReleaseWorld({ attempt: 2 });
      offer();
      status = 'in_progress';
      const { github } = world;
      const shown = { artifacts: [{ id: 50, expired: false, workflow_run: { id: 900 } }] };
      github.on(routes.runs, () => ({ workflow_runs: [{ ...active, id: 900, status }] }));
      github.on(routes.artifacts, () => (status === 'completed' ? shown : { artifacts: [] }));
    });

    it('is waited for, and what it leaves is taken', async () => {
      const { github } = world;
      const { data: staging } = await github.request<object>(routes.run, { run_id: 900 });
      const { data: own } = await github.request<object>(routes.run, { run_id: 1000 });
      let looks = 0;
      github.on(routes.run, ({ run_id: id }: Record<string, unknown>) => {
        if (id !== 900) return own;
        looks += 1;
        if (looks === 3) status = 'completed';
        return { ...staging, status };
      });

      expect((await find(asPull())).outputs['evidence-url']).toBe(stagingUrl);
    });

    it('is not waited for longer than its last job takes', async () => {
      const { github, deps } = world;
      github.on(routes.run, { status });
      const before = deps.clock.now();

      await expect(find(asPull())).rejects.toMatchObject({ code: 'staging-pending' });
      expect(deps.clock.now() - before).toBe(3 * 60_000);
    });
  });
});
