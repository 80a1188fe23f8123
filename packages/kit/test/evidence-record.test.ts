// Evidence by record: every rule alone decides, and a GitHub that does not answer is an error.
import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { ActionError } from '../src/errors.js';
import { findRecordEvidence, type RecordAnswer } from '../src/evidence-record.js';
import type { WorkflowRun } from '../src/evidence-run.js';
import { type DeliveryRecord, emptyRecord, type FlowPart } from '../src/record.js';
import type { ImagePart } from '../src/record-parts.js';
import { createTestContext } from '../src/testing/deps.js';
import { createTestGitHub, type TestGitHub } from '../src/testing/github.js';

const tree = 'd'.repeat(40);
const stagingCommit = 'b'.repeat(40);
const firstParent = 'a'.repeat(40);
const digest = `sha256:${'c'.repeat(64)}`;
const branches = { development: 'develop', release: 'release/', hotfix: 'hotfix/' };
const workflow = { path: 'headgate/headgate/.github/workflows/git-flow.yml@v1', sha: 'e'.repeat(40) };
const own: WorkflowRun = {
  id: 1000,
  html_url: 'https://github.com/acme/shop/actions/runs/1000',
  event: 'push',
  status: 'in_progress',
  conclusion: null,
  path: '.github/workflows/delivery.yml',
  head_branch: 'master',
  head_sha: 'f'.repeat(40),
  repository: { id: 1 },
  head_repository: { id: 1 },
  referenced_workflows: [workflow],
};
const staging: WorkflowRun = {
  ...own,
  id: 900,
  html_url: 'https://github.com/acme/shop/actions/runs/900',
  status: 'completed',
  conclusion: 'success',
  path: '.github/workflows/delivery.yml@refs/heads/release/1.0.0',
  head_branch: 'release/1.0.0',
  head_sha: stagingCommit,
};
const flow: FlowPart = {
  application: 'shop',
  repository: 'acme/shop',
  event: 'push',
  ref: 'refs/heads/release/1.0.0',
  branchKind: 'release',
  version: '1.0.0',
  commit: stagingCommit,
  tree,
  actor: 'dana',
  run: { id: 900, attempt: 1, url: staging.html_url },
};
const image: ImagePart = {
  name: 'shop',
  digest,
  reference: `registry.example/shop@${digest}`,
  tags: ['1.0.0-rc.1'],
  key: '1'.repeat(64),
  platforms: [],
  reusedFrom: null,
};

interface Scene {
  readonly run?: Partial<WorkflowRun>;
  readonly own?: Partial<WorkflowRun>;
  readonly rules?: readonly { readonly type: string }[];
  readonly flow?: Partial<FlowPart>;
  readonly image?: Partial<ImagePart>;
  readonly bytes?: Uint8Array;
  readonly expired?: boolean;
  /** Tree of the run's commit; null when GitHub does not know the commit. */
  readonly tree?: string | null;
  /** Object names of the caller file at the run's commit and in production; null: absent. */
  readonly caller?: readonly [string | null, string | null];
}

function world(scene: Scene): TestGitHub {
  const github = createTestGitHub();
  const runs = new Map([
    [1000, { ...own, ...scene.own }],
    [900, { ...staging, ...scene.run }],
  ]);
  github.on('GET /repos/{owner}/{repo}/actions/artifacts', {
    artifacts: [{ id: 50, expired: scene.expired === true, workflow_run: { id: 900 } }],
  });
  github.on('GET /repos/{owner}/{repo}/actions/runs/{run_id}', ({ run_id: id }: Record<string, unknown>) =>
    runs.get(Number(id)),
  );
  github.on(
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    scene.rules ?? [{ type: 'required_status_checks' }],
  );
  github.on('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', () =>
    scene.tree === null ? absent() : { tree: { sha: scene.tree ?? tree } },
  );
  const [there, production] = scene.caller ?? ['9'.repeat(40), '9'.repeat(40)];
  github.on('GET /repos/{owner}/{repo}/contents/{path}', ({ ref }: Record<string, unknown>) => {
    const sha = ref === stagingCommit ? there : production;
    return sha === null ? absent() : { sha };
  });
  const record: DeliveryRecord = {
    ...emptyRecord({ ...flow, ...scene.flow }),
    images: [{ ...image, ...scene.image }],
  };
  github.addArtifact(50, scene.bytes ?? zipped(record));
  return github;
}

function absent(): never {
  throw new ActionError({ code: 'github-permission', message: '404', hint: '', cause: { status: 404 } });
}

function zipped(value: unknown): Uint8Array {
  return zipSync({ 'headgate-record.json': strToU8(JSON.stringify(value)) });
}

function find(scene: Scene, github = world(scene)): Promise<RecordAnswer> {
  return findRecordEvidence({ github, context: createTestContext(), tree, firstParent, branches });
}

describe('findRecordEvidence', () => {
  it('finds the record of a run that passes every rule, asked for by the name of the tree', async () => {
    const github = world({});

    const { evidence, refused } = await find({}, github);

    expect(evidence).toMatchObject({
      artifactId: 50,
      runId: 900,
      runUrl: staging.html_url,
      callerChange: null,
    });
    expect(evidence?.record.images).toEqual([image]);
    expect(refused).toEqual([]);
    expect(github.calls[0]?.parameters).toEqual({ name: `headgate-record-${tree.slice(0, 16)}` });
  });

  it('counts a run that was started by hand, and a hotfix', async () => {
    const scene = {
      run: { event: 'workflow_dispatch', head_branch: 'hotfix/1.0.1' },
      flow: { version: '1.0.1' },
    };

    expect((await find(scene)).evidence?.record.flow.version).toBe('1.0.1');
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
    ['a schedule', { run: { event: 'schedule' } }, 'started by schedule'],
    ['a failed run', { run: { conclusion: 'failure' } }, 'ended as failure'],
    ['a cancelled run', { run: { conclusion: 'cancelled' } }, 'ended as cancelled'],
    ['a run that still runs', { run: { conclusion: null, status: 'in_progress' } }, 'ended as in_progress'],
    ['another workflow', { run: { path: '.github/workflows/evil.yml' } }, 'came from the workflow'],
    ['no git-flow.yml', { run: { referenced_workflows: [] } }, 'did not use git-flow.yml'],
    [
      'another reference of git-flow.yml',
      { run: { referenced_workflows: [{ ...workflow, path: workflow.path.replace('@v1', '@v2') }] } },
      'at the reference this run uses',
    ],
    ['a run of ours outside git-flow.yml', { own: { referenced_workflows: null } }, 'does not go through'],
    ['develop', { run: { head_branch: 'develop' } }, 'develop counts less'],
    ['a feature branch', { run: { head_branch: 'feature/release/1.0.0' } }, 'counts less'],
    ['production itself', { run: { head_branch: 'master' } }, 'master counts less'],
    ['a branch without rules', { rules: [] }, 'no ruleset protects its branch release/1.0.0'],
    ['rules that let anything in', { rules: [{ type: 'deletion' }] }, 'no ruleset protects'],
    ['an expired artifact', { expired: true }, 'has expired'],
    ['a commit with another tree', { tree: '0'.repeat(40) }, 'built the tree 000'],
    ['a commit that is gone', { tree: null }, 'of a commit that is gone'],
    ['a record of another tree', { flow: { tree: '0'.repeat(40) } }, 'about another commit'],
    ['a record of another commit', { flow: { commit: '0'.repeat(40) } }, 'about another commit'],
    ['a record of another run', { flow: { run: { ...flow.run, id: 901 } } }, 'of another run'],
    [
      'a record of another repository',
      { flow: { repository: 'evil/shop' } },
      'belongs to another repository',
    ],
    ['a record of another version', { flow: { version: '2.0.0' } }, 'has the version 2.0.0'],
    ['a record without a version', { flow: { version: null } }, 'has the version none'],
    [
      'a record without a version, on a branch that is called so',
      { flow: { version: null }, run: { head_branch: 'release/null' } },
      'has the version none',
    ],
    ['an unpublished image', { image: { reference: null } }, 'shop was not published'],
    [
      'a reference with another digest',
      { image: { reference: `registry.example/shop@sha256:${'1'.repeat(64)}` } },
      'shop was not published under its digest',
    ],
    ['a record of no shape', { bytes: zipped({ schemaVersion: 1 }) }, 'record: '],
    ['an artifact of no JSON', { bytes: strToU8('no json') }, 'not JSON'],
  ])('refuses %s', async (_, scene, reason) => {
    const { evidence, refused } = await find(scene);

    expect(evidence).toBeNull();
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ artifactId: 50, runId: 900, reason: expect.stringContaining(reason) });
  });

  it.each<[string, readonly [string | null, string | null]]>([
    ['was changed on the way', ['9'.repeat(40), '8'.repeat(40)]],
    ['is new', ['9'.repeat(40), null]],
    ['is nowhere', [null, null]],
  ])('accepts a caller file that %s, and says so', async (_, caller) => {
    const { evidence } = await find({ caller });

    expect(evidence?.callerChange).toEqual({
      path: '.github/workflows/delivery.yml',
      commit: stagingCommit,
      production: firstParent,
    });
  });

  it('goes on to an older candidate when a newer one is refused', async () => {
    const github = world({});
    github.on('GET /repos/{owner}/{repo}/actions/artifacts', {
      artifacts: [
        { id: 50, expired: false, workflow_run: { id: 900 } },
        { id: 51, expired: true, workflow_run: { id: 901 } },
        { id: 52, expired: false, workflow_run: null },
      ],
    });

    const { evidence, refused } = await find({}, github);

    expect(evidence?.artifactId).toBe(50);
    expect(refused.map(({ artifactId }) => artifactId)).toEqual([52, 51]);
  });

  it('an answer that GitHub refuses is an error, never "no evidence"', async () => {
    const github = world({});
    github.on('GET /repos/{owner}/{repo}/contents/{path}', () => {
      throw new ActionError({ code: 'github-permission', message: '403', hint: '', cause: { status: 403 } });
    });

    await expect(find({}, github)).rejects.toMatchObject({ code: 'github-permission' });
    await expect(find({}, createTestGitHub())).rejects.toMatchObject({ code: 'github-permission' });
  });
});
