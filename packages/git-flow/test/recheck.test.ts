// The last look under the lock: what is refused, by which name.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { digestOf } from '@headgate/kit/digest';
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import { legHash } from '@headgate/kit/record-names';
import type { ApprovalPart } from '@headgate/kit/record-parts';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { recheckRun } from '../src/recheck.js';
import { commit, decisionOf, imageParts, tree, zipOf } from './fixtures.js';

const environment = 'production';
const bound = digestOf('what production is made with');
const deployments = 'GET /repos/{owner}/{repo}/deployments';
const statuses = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

const flow = {
  application: 'shop',
  repository: 'acme/shop',
  event: 'push',
  ref: 'refs/heads/master',
  branchKind: 'production',
  version: '1.1.0',
  commit,
  tree,
  actor: 'dana',
  run: { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
};

const planned: DeliveryRecord = {
  ...emptyRecord(flow),
  images: imageParts('1').images ?? [],
  configurations: [{ environment, digest: bound, members: {} }],
};
const subject = subjectDigest(subjectOfRecord(planned, { environment, configurationDigest: bound }));

let github: TestGitHub;
let deps: TestDeps;

beforeEach(() => {
  github = createTestGitHub();
  github.on(deployments, []);
});

/** Milliseconds from now, as the clock of the test has it. */
function time(ms: number): string {
  return new Date(createTestDeps().clock.now() + ms).toISOString();
}

function approvalOf(overrides: Partial<ApprovalPart> = {}): ApprovalPart {
  return {
    environment,
    subject,
    decision: 'approved',
    url: 'https://github.com/acme/shop/issues/9',
    deadline: time(60_000),
    approvers: [],
    ...overrides,
  };
}

const asks: Decision['approval'] = {
  stage: 'approval',
  name: environment,
  leg: legHash('approval', environment),
  settings: {},
};

interface Given {
  readonly record?: DeliveryRecord;
  readonly decision?: Partial<Decision>;
  readonly subject?: string;
  readonly configurationDigest?: string;
  readonly leg?: string;
}

function recheck(given: Given = {}): Promise<ActionResult> {
  const record = given.record ?? { ...planned, approvals: [approvalOf()] };
  github.addArtifact(5, zipOf('record.json', record));
  deps = createTestDeps({ connectGitHub: github.connect });
  const decision = decisionOf({ branchKind: 'production', environment, approval: asks, ...given.decision });
  const inputs = {
    mode: 'recheck',
    decision: JSON.stringify(decision),
    configuration: 'headgate.yml',
    githubToken: 't',
    environment,
    subject: given.subject ?? subject,
    configurationDigest: given.configurationDigest ?? '',
    leg: given.leg ?? '',
    recordArtifactId: '5',
    recordDigest: digestOf(record),
  } as const;
  return recheckRun(inputs, deps);
}

/** Each version has a commit of its own; it is this run's where nothing else is said. */
function commitOf(payload: unknown): string {
  return (payload as { readonly sha?: string } | null)?.sha ?? commit;
}

/** What GitHub tells of the environment's deployments, newest first: version and states, newest first. */
function deployed(...all: readonly (readonly [unknown, ...string[]])[]): void {
  github.on(
    deployments,
    all.map(([payload], index) => ({ id: index + 1, payload, sha: commitOf(payload) })),
  );
  github.on(statuses, ({ deployment_id: id }: { deployment_id: number }) =>
    (all[id - 1]?.slice(1) ?? []).map((state) => ({ state })),
  );
}

describe('mode recheck', () => {
  it('what was approved is what is there: good', async () => {
    expect((await recheck()).failure).toBeUndefined();
    expect(github.calls).toContainEqual({ route: deployments, parameters: { environment, per_page: 100 } });
  });

  it('of the version and of the commit asks for the deployments once, and once how each ended', async () => {
    deployed([{ version: '1.1.0', sha: 'd'.repeat(40) }, 'success']);
    github.on('GET /repos/{owner}/{repo}/compare/{basehead}', { status: 'behind' });

    await recheck();

    const asked = github.calls.map(({ route }) => route).filter((route) => route.includes('/deployments'));
    expect(asked).toEqual([deployments, statuses]);
  });

  it('where nobody is asked, no subject and no approval is needed', async () => {
    const result = await recheck({ decision: { approval: null }, subject: '', record: planned });

    expect(result.failure).toBeUndefined();
  });

  it.each<readonly [string, Given, RegExp]>([
    [
      'another image',
      { record: { ...planned, images: imageParts('2').images ?? [], approvals: [approvalOf()] } },
      /was approved, sha256/,
    ],
    ['another configuration', { configurationDigest: digestOf('another') }, /configurationDigest differs/],
    ['another commit', { decision: { commit: 'e'.repeat(40) } }, /commit was expected as e{40}/],
    ['another tree', { decision: { tree: 'e'.repeat(40) } }, /tree was expected as e{40}/],
    ['another subject', { subject: digestOf('other') }, /was approved/],
    ['no subject where one is asked for', { subject: '' }, /nothing was found/],
  ])('%s is refused by name', async (_name, given, message) => {
    await expect(recheck(given)).rejects.toMatchObject({
      code: 'subject-mismatch',
      message: expect.stringMatching(message),
    });
  });

  it.each<readonly [string, readonly ApprovalPart[], string, RegExp]>([
    ['none', [], 'approval-missing', /the record holds none/],
    [
      'one that was rejected',
      [approvalOf({ decision: 'rejected' })],
      'approval-missing',
      /ended as rejected: http/,
    ],
    ['one of something else', [approvalOf({ subject: bound })], 'approval-missing', /for something else/],
    [
      'one of another environment',
      [approvalOf({ environment: 'staging' })],
      'approval-missing',
      /holds none/,
    ],
    [
      'one that ran out this moment',
      [approvalOf({ deadline: time(0) })],
      'approval-expired',
      /counted until/,
    ],
  ])('an approval: %s', async (_name, approvals, code, message) => {
    const given = { record: { ...planned, approvals } };

    await expect(recheck(given)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each([
    ['just begun', 0, 1, true],
    ['about to end', -60_000, 1, true],
    ['over', -60_000, 0, false],
    ['not yet begun', 1, 60_000, false],
  ])('a freeze that is %s', async (_name, from, until, refused) => {
    const freeze = [{ from: time(from), until: time(until), reason: 'end of the year' }];
    const looked = recheck({ decision: { freeze } });

    if (refused) {
      await expect(looked).rejects.toMatchObject({
        code: 'frozen',
        message: expect.stringMatching(/end of the year/),
      });
    } else expect((await looked).failure).toBeUndefined();
  });
});

describe('a newer version', () => {
  it.each<readonly [string, readonly (readonly [unknown, ...string[]])[]]>([
    ['runs', [[{ version: '1.2.0' }, 'success', 'in_progress']]],
    ['runs, its payload a text', [['{"version":"1.10.0"}', 'success']]],
    [
      'runs, and something failed after it',
      [
        [{ version: '1.1.0' }, 'failure'],
        [{ version: '2.0.0' }, 'success'],
      ],
    ],
    [
      'runs, and a job left a deployment of its own',
      [
        ['', 'success'],
        [{ version: '1.2.0' }, 'success'],
      ],
    ],
    ['ran on one target and was replaced on it by itself', [[{ version: '1.2.0' }, 'inactive', 'success']]],
  ])('%s: superseded', async (_name, all) => {
    deployed(...all);

    await expect(recheck()).rejects.toMatchObject({
      code: 'superseded',
      hint: expect.stringContaining('1.1.0'),
    });
  });

  it.each<readonly [string, readonly (readonly [unknown, ...string[]])[]]>([
    [
      'failed',
      [
        [{ version: '1.2.0' }, 'failure', 'in_progress'],
        [{ version: '1.0.0' }, 'success'],
      ],
    ],
    [
      'failed after all',
      [
        [{ version: '1.2.0' }, 'error', 'success'],
        [{ version: '1.0.0' }, 'success'],
      ],
    ],
    [
      'was rolled back',
      [
        [{ version: '1.0.0' }, 'success'],
        [{ version: '1.2.0' }, 'inactive', 'success'],
      ],
    ],
    ['is the same', [[{ version: '1.1.0' }, 'success']]],
    ['is no JSON', [['nonsense', 'success']]],
    ['never began', [[{ version: '1.2.0' }]]],
  ])('%s: not superseded', async (_name, all) => {
    deployed(...all);

    expect((await recheck()).failure).toBeUndefined();
  });

  it('that only looks higher, as a release before a hotfix, is none where production is yet to come', async () => {
    deployed([{ version: '1.2.0' }, 'success']);

    expect((await recheck({ decision: { branchKind: 'hotfix' } })).failure).toBeUndefined();
  });

  it('GitHub cannot be asked: refused, not guessed', async () => {
    github = createTestGitHub();

    await expect(recheck()).rejects.toMatchObject({ code: 'github-permission' });
  });
});

describe('a newer commit', () => {
  const newer = 'd'.repeat(40);
  const compare = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  // Nothing is bound and nobody is asked, as on the development branch.
  const integration = { decision: { branchKind: 'development', approval: null }, subject: '' } as const;

  it.each<readonly [string, unknown]>([
    ['without a number', { version: null, sha: newer }],
    ['of the same number', { version: '1.1.0', sha: newer }],
  ])('%s runs: superseded', async (_name, payload) => {
    deployed([payload, 'success']);
    github.on(compare, { status: 'ahead' });

    await expect(recheck(integration)).rejects.toMatchObject({
      code: 'superseded',
      message: expect.stringContaining('dddddddddddd'),
    });
    expect(github.calls).toContainEqual({
      route: compare,
      parameters: { basehead: `${commit}...${newer}`, per_page: 1 },
    });
  });

  it('in the job of a target leaves the entry of that target', async () => {
    deployed([{ version: null, sha: newer }, 'success']);
    github.on(compare, { status: 'ahead' });

    const { entry, failure } = await recheck({ ...integration, leg: 'web' });

    expect(entry).toEqual({ stage: 'deploy', name: 'web', parts: {} });
    expect(failure).toMatchObject({ code: 'superseded' });
  });

  it('in the job of a target leaves none when all is well: that of the deployment follows', async () => {
    expect((await recheck({ ...integration, leg: 'web' })).entry).toBeUndefined();
  });

  it.each(['behind', 'identical', 'diverged'])('what runs is %s: not superseded', async (status) => {
    deployed([{ version: null, sha: newer }, 'success']);
    github.on(compare, { status });

    expect((await recheck(integration)).failure).toBeUndefined();
  });

  it.each<readonly [string, readonly (readonly [unknown, ...string[]])[]]>([
    ['failed, and what was there before came back', [[{ version: null, sha: newer }, 'failure']]],
    ['is of a job that only names the environment', [[{ sha: newer }, 'success']]],
    ['is the one that is delivered', [[{ version: null }, 'success']]],
    ['is not known', []],
  ])('%s: nothing is compared', async (_name, all) => {
    deployed(...all);

    expect((await recheck(integration)).failure).toBeUndefined();
    expect(github.calls.map(({ route }) => route)).not.toContain(compare);
  });
});
