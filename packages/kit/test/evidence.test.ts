// Evidence: every rule of trust.md alone decides, and GitHub's silence is no error.
import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { ActionError } from '../src/errors.js';
import { type EvidenceAnswer, findImageEvidence } from '../src/evidence.js';
import { type EvidenceLevel, levelOfBranch, reaches, type WorkflowRun } from '../src/evidence-run.js';
import type { ImagePart } from '../src/record-parts.js';
import { createTestContext } from '../src/testing/deps.js';
import { createTestGitHub, type TestGitHub } from '../src/testing/github.js';

const key = 'd'.repeat(64);
const digest = `sha256:${'c'.repeat(64)}`;
const workflow = { path: 'headgate/headgate/.github/workflows/git-flow.yml@v1', sha: 'e'.repeat(40) };
const own: WorkflowRun = {
  id: 1000,
  html_url: 'https://github.com/acme/shop/actions/runs/1000',
  event: 'push',
  status: 'in_progress',
  conclusion: null,
  path: '.github/workflows/delivery.yml',
  head_branch: 'develop',
  head_sha: 'b'.repeat(40),
  repository: { id: 1 },
  head_repository: { id: 1 },
  referenced_workflows: [{ path: 'acme/lint/.github/workflows/lint.yml@v1', sha: 'f' }, workflow],
};
const other: WorkflowRun = {
  ...own,
  id: 900,
  html_url: 'https://github.com/acme/shop/actions/runs/900',
  status: 'completed',
  conclusion: 'success',
};
const image: ImagePart = {
  name: 'web',
  digest,
  reference: `registry.example/web@${digest}`,
  tags: [],
  key,
  platforms: [],
  reusedFrom: null,
};

describe('findImageEvidence', () => {
  it('finds the image of a run that passes every rule', async () => {
    const { evidence, refused } = await find({});

    expect(evidence).toEqual({ image, artifactId: 50, runId: 900, runUrl: other.html_url });
    expect(refused).toEqual([]);
  });

  it('counts an earlier attempt of this very run, which has no conclusion yet', async () => {
    expect((await find({ artifactRun: 1000 })).evidence?.runId).toBe(1000);
  });

  it.each<[string, Scene, string]>([
    ['a fork', { run: { head_repository: { id: 2 } } }, 'came from another repository'],
    ['a deleted fork', { run: { head_repository: null } }, 'came from another repository'],
    [
      'another repository',
      { run: { repository: { id: 2 }, head_repository: { id: 2 } } },
      'belongs to another repository',
    ],
    ['a pull request', { run: { event: 'pull_request' } }, 'started by pull_request'],
    ['a pull request target', { run: { event: 'pull_request_target' } }, 'started by pull_request_target'],
    ['a failed run', { run: { conclusion: 'failure' } }, 'ended as failure'],
    ['a run that still runs', { run: { conclusion: null, status: 'queued' } }, 'ended as queued'],
    [
      'another workflow',
      { run: { path: '.github/workflows/evil.yml@refs/heads/develop' } },
      'came from the workflow .github/workflows/evil.yml',
    ],
    ['no git-flow.yml', { run: { referenced_workflows: [] } }, 'did not use git-flow.yml at the reference'],
    [
      'another reference',
      { run: { referenced_workflows: [{ ...workflow, path: workflow.path.replace('@v1', '@v2') }] } },
      'at the reference',
    ],
    [
      'another owner',
      { run: { referenced_workflows: [{ ...workflow, path: workflow.path.replace('headgate/', 'evil/') }] } },
      'at the reference',
    ],
    [
      'a look-alike file',
      {
        run: {
          referenced_workflows: [
            { ...workflow, path: 'headgate/headgate/.github/workflows/xgit-flow.yml@v1' },
          ],
        },
      },
      'at the reference',
    ],
    ['a feature branch', { run: { head_branch: 'feature/develop' } }, 'feature/develop counts less'],
    ['a branch without rules', { rules: [] }, 'no ruleset protects its branch develop'],
    [
      'a branch that may only not be deleted',
      { rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }] },
      'no ruleset protects',
    ],
    ['an expired artifact', { expired: true }, 'has expired'],
    ['another key inside', { image: { key: 'a'.repeat(64) } }, 'holds the image key aaaa'],
    ['an unpublished image', { image: { reference: null } }, 'was not published'],
    [
      'a reference with another digest',
      { image: { reference: `registry.example/web@sha256:${'1'.repeat(64)}` } },
      'its reference and its digest differ',
    ],
    ['an image of no shape', { image: { digest: 'latest' } }, 'digest'],
    ['an unreadable artifact', { bytes: strToU8('no json') }, 'not JSON'],
    [
      'a run of ours outside git-flow.yml',
      { own: { referenced_workflows: null } },
      'this run does not go through git-flow.yml',
    ],
    ['a develop image for staging', { level: 'production' }, 'counts less than this run'],
  ])('refuses %s', async (_, scene, reason) => {
    const { evidence, refused } = await find(scene);

    expect(evidence).toBeNull();
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ artifactId: 50, reason: expect.stringContaining(reason) });
  });

  it('goes on to an older candidate when a newer one is refused', async () => {
    const github = world({ run: { conclusion: 'failure' } });
    github.on('GET /repos/{owner}/{repo}/actions/artifacts', {
      artifacts: [artifact(49, 1000), artifact(50, 900)],
    });
    github.addArtifact(49, zipped(image));

    const { evidence, refused } = await findImageEvidence({ github, context: createTestContext(), key });

    expect(evidence?.artifactId).toBe(49);
    expect(refused.map(({ artifactId }) => artifactId)).toEqual([50]);
  });

  it('asks by the name of the key', async () => {
    const github = world({});
    await findImageEvidence({ github, context: createTestContext(), key });

    expect(github.calls[0]?.parameters).toEqual({ name: `headgate-image-${key.slice(0, 16)}` });
  });

  it('takes having none, or not being told, as an answer', async () => {
    const none = world({});
    none.on('GET /repos/{owner}/{repo}/actions/artifacts', { artifacts: [] });
    const silent = createTestGitHub();

    for (const github of [none, silent]) {
      expect((await findImageEvidence({ github, context: createTestContext(), key })).evidence).toBeNull();
    }
  });

  it('asks nothing for a branch whose images nobody may use', async () => {
    const github = createTestGitHub();
    const context = createTestContext({ ref: 'refs/heads/feature/x' });

    expect((await findImageEvidence({ github, context, key })).refused[0]?.reason).toContain(
      'develop, release and hotfix',
    );
    expect(github.calls).toEqual([]);
  });

  it('ends when the job is cancelled', async () => {
    const github = world({});
    github.on('GET /repos/{owner}/{repo}/actions/artifacts', () => {
      throw new ActionError({ code: 'cancelled', message: 'cancelled', hint: '' });
    });

    await expect(findImageEvidence({ github, context: createTestContext(), key })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('levels', () => {
  it.each<[string, EvidenceLevel]>([
    ['develop', 'integration'],
    ['release/1.2.0', 'production'],
    ['hotfix/1.2.1', 'production'],
    ['release/', 'none'],
    ['feature/release/1.2.0', 'none'],
    ['development', 'none'],
    ['master', 'none'],
    ['', 'none'],
  ])('%s counts to %s', (branch, level) => {
    expect(levelOfBranch(branch)).toBe(level);
  });

  it('nothing reaches with none, and production covers integration', () => {
    expect(reaches('none', 'none')).toBe(false);
    expect(reaches('production', 'integration')).toBe(true);
    expect(reaches('integration', 'production')).toBe(false);
  });
});

interface Scene {
  readonly run?: Partial<WorkflowRun>;
  readonly own?: Partial<WorkflowRun>;
  readonly rules?: readonly { readonly type: string }[];
  readonly image?: Partial<ImagePart>;
  readonly bytes?: Uint8Array;
  readonly expired?: boolean;
  readonly artifactRun?: number;
  readonly level?: EvidenceLevel;
}

function find(scene: Scene): Promise<EvidenceAnswer> {
  const level = scene.level === undefined ? {} : { level: scene.level };
  return findImageEvidence({ github: world(scene), context: createTestContext(), key, ...level });
}

function world(scene: Scene): TestGitHub {
  const github = createTestGitHub();
  const runs = new Map([
    [1000, { ...own, ...scene.own }],
    [900, { ...other, ...scene.run }],
  ]);
  github.on('GET /repos/{owner}/{repo}/actions/artifacts', {
    artifacts: [artifact(50, scene.artifactRun ?? 900, scene.expired)],
  });
  github.on('GET /repos/{owner}/{repo}/actions/runs/{run_id}', ({ run_id: id }: Record<string, unknown>) =>
    runs.get(Number(id)),
  );
  github.on(
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    scene.rules ?? [{ type: 'deletion' }, { type: 'pull_request' }],
  );
  github.addArtifact(50, scene.bytes ?? zipped({ ...image, ...scene.image }));
  return github;
}

function artifact(id: number, runId: number, expired = false): object {
  return { id, expired, workflow_run: { id: runId, head_branch: 'develop' } };
}

function zipped(value: unknown): Uint8Array {
  return zipSync({ 'image.json': strToU8(JSON.stringify(value)) });
}
