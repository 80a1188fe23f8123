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
    recordArtifactId: '5',
    recordDigest: digestOf(record),
  } as const;
  return recheckRun(inputs, deps);
}

/** What GitHub tells of the environment's deployments, newest first: version and states, newest first. */
function deployed(...all: readonly (readonly [unknown, ...string[]])[]): void {
  github.on(
    deployments,
    all.map(([payload], index) => ({ id: index + 1, payload })),
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

  it('is nothing to ask for where versions are not numbered', async () => {
    const record = { ...planned, flow: { ...flow, version: null } };
    const own = subjectDigest(subjectOfRecord(record, { environment, configurationDigest: bound }));

    await recheck({ record: { ...record, approvals: [approvalOf({ subject: own })] }, subject: own });

    expect(github.calls).toEqual([]);
  });

  it('GitHub cannot be asked: refused, not guessed', async () => {
    github = createTestGitHub();

    await expect(recheck()).rejects.toMatchObject({ code: 'github-permission' });
  });
});
