// Collecting on the way to production: plans and configuration, the subject, the approval, what was applied and finished.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision, Leg } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { digestOf } from '@headgate/kit/digest';
import { type DeliveryRecord, type Entry, emptyRecord, parseRecord } from '@headgate/kit/record';
import { legHash } from '@headgate/kit/record-names';
import type { ApprovalPart, PlanPart, StageName } from '@headgate/kit/record-parts';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobResult } from '../src/input-forms.js';
import type { CollectInputs } from '../src/inputs.js';
import { flowOf } from '../src/record-file.js';
import { run } from '../src/run.js';
import { decisionOf, deploymentParts, entryOf, imageParts, offerEntries, zipOf } from './fixtures.js';

const leg = (stage: StageName, name: string): Leg => ({
  stage,
  name,
  leg: legHash(stage, name),
  settings: {},
});
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A push to production: evidence instead of images, one plan, an approval, one target. */
const decision: Decision = decisionOf({
  branch: 'master',
  branchKind: 'production',
  publish: false,
  environment: 'production',
  evidence: 'promote',
  images: [],
  plans: [leg('plan', 'main')],
  approval: leg('approval', 'production'),
  finish: { promote: true, forecast: false },
  stages: (['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'] as const).map(
    (stage) => ({ stage, expected: stage !== 'images' && stage !== 'machine-images', reason: 'because' }),
  ),
});

const planned: PlanPart = {
  directory: 'infrastructure',
  workspace: 'production',
  environment: 'production',
  outcome: 'planned',
  fileDigest: digest('3'),
  meaningDigest: digest('4'),
  add: 2,
  change: 0,
  destroy: 1,
  artifact: 'headgate-plan',
};
const configuration = {
  environment: 'production',
  digest: digest('5'),
  members: { 'compose.yaml': digest('6') },
};
const approved: ApprovalPart = {
  environment: 'production',
  subject: digest('7'),
  decision: 'approved',
  url: 'https://github.com/acme/shop/pull/9',
  deadline: '2026-01-02T00:00:00Z',
  approvers: [{ login: 'cleo', group: 'operations', at: '2026-01-01T00:00:00Z', comment: 'fine' }],
};

const entries = {
  plan: entryOf('plan', 'main', { parts: { plans: [planned], timings: [timing('plan')] } }),
  configuration: entryOf('plan', 'configuration', { parts: { configurations: [configuration] } }),
  approval: entryOf('approval', 'production', { parts: { approvals: [approved] } }),
  apply: entryOf('deploy', 'infrastructure/main', { parts: { plans: [{ ...planned, outcome: 'applied' }] } }),
  web: entryOf('deploy', 'web', { parts: deploymentParts }),
  tag: entryOf('finish', 'tag'),
  release: entryOf('finish', 'release'),
  backMerge: entryOf('finish', 'back-merge'),
};
const all = Object.values(entries);

function timing(stage: StageName): NonNullable<Entry['parts']['timings']>[number] {
  return { stage, leg: 'main', step: 'work', seconds: 2 };
}

let github: TestGitHub;
let deps: TestDeps;

beforeEach(() => {
  github = createTestGitHub();
  const temporary = mkdtempSync(join(testFolder('headgate-collect-'), 'step-'));
  deps = createTestDeps({ connectGitHub: github.connect, context: createTestContext(), temporary });
});

/** As the evidence left it: images of another run. */
function evidenceRecord(): DeliveryRecord {
  return {
    ...emptyRecord({ ...flowOf(decision, deps.context), version: '1.0.0' }),
    images: imageParts('1').images ?? [],
  };
}

function offer(record: DeliveryRecord): { readonly recordArtifactId: string; readonly recordDigest: string } {
  github.addArtifact(90, zipOf('headgate-record.json', record));
  return { recordArtifactId: '90', recordDigest: digestOf(record) };
}

function collect(overrides: Partial<CollectInputs>): Promise<ActionResult> {
  return run(
    {
      mode: 'collect',
      barrier: 'plan',
      decision: JSON.stringify(decision),
      recordArtifactId: '',
      recordDigest: '',
      needs: new Map(),
      githubToken: 'token',
      ...overrides,
    },
    deps,
  );
}

function recordOf({ outputs }: ActionResult): DeliveryRecord {
  return parseRecord(JSON.parse(readFileSync(String(outputs['record-file']), 'utf8')));
}

describe('the plan barrier', () => {
  it('adds plans and configuration to the evidence, and names what is to be approved', async () => {
    offerEntries(github, [entries.plan, entries.configuration]);

    const result = await collect({ barrier: 'plan', ...offer(evidenceRecord()) });

    const record = recordOf(result);
    expect(result.failure).toBeUndefined();
    expect([record.images.length, record.plans.length, record.configurations.length]).toEqual([1, 1, 1]);
    const wanted = { environment: 'production', configurationDigest: configuration.digest };
    expect(result.outputs['subject']).toBe(subjectDigest(subjectOfRecord(record, wanted)));
    expect(result.outputs['configuration-digest']).toBe(configuration.digest);
    expect(result.outputs['record-artifact-name']).toMatch(/^headgate-record-d{16}-plan-1$/);
    expect(deps.core.summary()).toContain('2 to add, 0 to change, 1 to destroy');
  });

  it('has a record of its own when a re-run comes to it again, under the name of that attempt', async () => {
    offerEntries(github, [entries.plan, entries.configuration]);
    const place = offer(evidenceRecord());
    const context = createTestContext({ runAttempt: 2 });
    deps = createTestDeps({ connectGitHub: github.connect, context, temporary: deps.temporary });

    const result = await collect({ barrier: 'plan', ...place });

    expect(result.outputs['record-artifact-name']).toMatch(/^headgate-record-d{16}-plan-2$/);
    expect(recordOf(result).flow.run.attempt).toBe(1);
  });

  it('fails without the configuration, and gives no subject of the rest', async () => {
    offerEntries(github, [entries.plan]);

    const result = await collect({ barrier: 'plan', ...offer(evidenceRecord()) });

    expect(result.failure).toMatchObject({
      code: 'leg-missing',
      message: 'plan: an entry of configuration was expected, none was left',
    });
    expect(result.outputs['subject']).toBe('');
  });

  it.each(['plan', 'wait'] as const)(
    'barrier %s needs the record before it, also where nobody says so',
    async (barrier) => {
      offerEntries(github, [entries.plan, entries.configuration]);

      await expect(collect({ barrier })).rejects.toMatchObject({ code: 'record-dropped' });
    },
  );

  it('another plan or another configuration is another subject', async () => {
    const subjects = new Set<string | undefined>();
    const other: readonly Entry[] = [
      entries.plan,
      entryOf('plan', 'main', { parts: { plans: [{ ...planned, meaningDigest: digest('8') }] } }),
    ];
    for (const plan of other) {
      for (const bound of [configuration, { ...configuration, digest: digest('9') }]) {
        offerEntries(github, [
          plan,
          entryOf('plan', 'configuration', { parts: { configurations: [bound] } }),
        ]);
        subjects.add((await collect({ barrier: 'plan', ...offer(evidenceRecord()) })).outputs['subject']);
      }
    }

    expect(subjects.size).toBe(4);
  });
});

describe('the wait barrier', () => {
  const before = (): DeliveryRecord => ({
    ...evidenceRecord(),
    plans: [planned],
    configurations: [configuration],
    timings: [timing('plan')],
  });

  it('adds the approval, nothing twice, and the subject stays', async () => {
    offerEntries(github, [entries.plan, entries.configuration, entries.approval]);

    const result = await collect({ barrier: 'wait', ...offer(before()) });

    const record = recordOf(result);
    expect(record.approvals).toEqual([approved]);
    expect([record.plans.length, record.configurations.length, record.timings.length]).toEqual([1, 1, 1]);
    const wanted = { environment: 'production', configurationDigest: configuration.digest };
    expect(result.outputs['subject']).toBe(subjectDigest(subjectOfRecord(before(), wanted)));
    expect(deps.core.summary()).toContain('cleo (operations)');
  });

  it('a rejected approval is the cause', async () => {
    const cause = { code: 'rejected', message: 'cleo rejected it', hint: 'Talk to cleo.' };
    const rejected = entryOf('approval', 'production', {
      result: 'failure',
      cause,
      parts: { approvals: [{ ...approved, decision: 'rejected' }] },
    });
    offerEntries(github, [entries.plan, entries.configuration, rejected]);

    const result = await collect({ barrier: 'wait', ...offer(before()) });

    expect(result.failure).toMatchObject({
      code: 'leg-failed',
      message: 'approval production failed: cleo rejected it',
      hint: 'Talk to cleo.',
    });
    expect(recordOf(result).approvals[0]?.decision).toBe('rejected');
  });
});

describe('the end and the result', () => {
  const complete = (): DeliveryRecord => ({
    ...evidenceRecord(),
    plans: [planned],
    configurations: [configuration],
    approvals: [approved],
    timings: [timing('plan')],
  });
  const jobs = {
    decide: 'success',
    evidence: 'success',
    images: 'skipped',
    'machine-images': 'skipped',
    collect: 'skipped',
    deploy: 'success',
    finish: 'success',
    record: 'success',
    release: 'success',
    notify: 'success',
  } as const satisfies Record<string, JobResult>;
  const needsOf = (
    changes: Partial<Record<keyof typeof jobs, JobResult>> = {},
  ): ReadonlyMap<string, JobResult> => new Map(Object.entries({ ...jobs, ...changes }));

  it('the last record has everything once, under the name where evidence is looked for', async () => {
    offerEntries(github, all);

    const result = await collect({ barrier: 'end', ...offer(complete()) });

    const record = recordOf(result);
    expect(result.failure).toBeUndefined();
    expect(record.plans.map(({ outcome }) => outcome)).toEqual(['planned', 'applied']);
    expect([record.approvals.length, record.deployments.length, record.timings.length]).toEqual([1, 1, 1]);
    expect(record.flow.version).toBe('1.0.0');
    expect(result.outputs['record-artifact-name']).toMatch(/^headgate-record-d{16}$/);
    expect(deps.core.summary()).toContain('master delivered to production');
  });

  it.each([
    ['deploy', 'infrastructure/main'],
    ['deploy', 'web'],
    ['finish', 'tag'],
    ['finish', 'release'],
    ['finish', 'back-merge'],
  ])('%s %s must have left an entry', async (stage, name) => {
    offerEntries(
      github,
      all.filter((entry) => entry.name !== name),
    );

    const result = await collect({ barrier: 'end', ...offer(complete()) });

    expect(result.failure).toMatchObject({
      code: 'leg-missing',
      message: `${stage}: an entry of ${name} was expected, none was left`,
    });
  });

  it('an equal part of two legs is in the record twice', async () => {
    const smoke = { name: 'smoke', stage: 'deploy', outcome: 'passed', detail: '' } as const;
    const targets = [leg('deploy', 'web'), leg('deploy', 'admin')];
    const two = [
      entryOf('deploy', 'web', { parts: { tests: [smoke] } }),
      entryOf('deploy', 'admin', { parts: { tests: [smoke] } }),
    ];
    offerEntries(github, [...all.filter((entry) => entry !== entries.web), ...two]);
    const given = JSON.stringify({ ...decision, targets });

    expect(
      recordOf(await collect({ barrier: 'end', decision: given, ...offer(complete()) })).tests,
    ).toHaveLength(2);
    const half = { ...complete(), tests: [smoke] };
    expect(recordOf(await collect({ barrier: 'end', decision: given, ...offer(half) })).tests).toHaveLength(
      2,
    );
  });

  it('the result judges jobs and entries, and writes no record', async () => {
    offerEntries(github, all);

    const result = await collect({ barrier: 'result', needs: needsOf(), ...offer(complete()) });

    expect(result).toEqual({ outputs: {} });
    expect(deps.core.summary()).toContain('master delivered to production');
  });

  it.each<[string, Partial<Record<keyof typeof jobs, JobResult>>, string]>([
    [
      'the evidence was not looked for',
      { evidence: 'skipped' },
      'the job evidence was expected to run; it was skipped',
    ],
    [
      'the record was not written',
      { record: 'skipped' },
      'the job record was expected to run; it was skipped',
    ],
    [
      'the release stayed a draft',
      { release: 'skipped' },
      'the job release was expected to run; it was skipped',
    ],
    ['a required notice was not delivered', { notify: 'failure' }, 'the job notify failed'],
    ['news was not sent', { notify: 'skipped' }, 'the stage notify was expected to run; it was skipped'],
    ['the release could not be published', { release: 'failure' }, 'the job release failed'],
  ])('%s: the result fails', async (_, changes, message) => {
    offerEntries(github, all);
    const record = changes.record === 'skipped' ? {} : offer(complete());

    const result = await collect({ barrier: 'result', needs: needsOf(changes), ...record });

    expect(result.failure).toMatchObject({ message });
  });

  it('without evidence the job that looked for it is the cause, not what it made others skip', async () => {
    offerEntries(github, []);
    const skipped = { deploy: 'skipped', finish: 'skipped', record: 'skipped', release: 'skipped' } as const;

    const result = await collect({ barrier: 'result', needs: needsOf({ evidence: 'failure', ...skipped }) });

    expect(result.failure).toMatchObject({ code: 'stage-failed', message: 'the job evidence failed' });
  });

  it('a rejected approval is the cause, and tag and back-merge stand', async () => {
    const rejected = entryOf('approval', 'production', { result: 'failure' });
    offerEntries(github, [
      entries.plan,
      entries.configuration,
      rejected,
      entries.tag,
      entries.release,
      entries.backMerge,
    ]);

    const result = await collect({
      barrier: 'result',
      needs: needsOf({ deploy: 'failure', release: 'skipped', record: 'failure' }),
      ...offer(complete()),
    });

    expect(result.failure).toMatchObject({
      code: 'leg-failed',
      message: expect.stringMatching(/^approval production failed/),
    });
    const summary = deps.core.summary();
    expect(summary).toMatch(/`deploy` \| skipped/);
    expect(summary).toMatch(/`finish` \| success/);
  });

  it('a run cancelled while it waited is cancelled', async () => {
    offerEntries(github, [
      entries.plan,
      entries.configuration,
      entries.tag,
      entries.release,
      entries.backMerge,
    ]);

    const result = await collect({
      barrier: 'result',
      needs: needsOf({ deploy: 'cancelled', release: 'skipped', notify: 'success' }),
      ...offer(complete()),
    });

    expect(result.failure).toMatchObject({ code: 'cancelled', message: 'deploy was cancelled' });
    expect(deps.core.summary()).toMatch(/`plan` \| success/);
  });
});

describe('other routes', () => {
  it('a pull request into production needs its evidence and its forecast, no record', async () => {
    const given = decisionOf({
      branchKind: 'pull-request',
      branch: 'release/1.0.0',
      publish: false,
      environment: null,
      evidence: 'verify',
      images: [],
      targets: [],
      finish: { promote: false, forecast: true },
      stages: [{ stage: 'finish', expected: true, reason: 'because' }],
    });
    offerEntries(github, [entryOf('finish', 'forecast')]);
    const needs = new Map<string, JobResult>([
      ['decide', 'success'],
      ['evidence', 'success'],
      ['collect', 'skipped'],
      ['deploy', 'skipped'],
      ['finish', 'success'],
      ['record', 'skipped'],
      ['release', 'skipped'],
      ['notify', 'success'],
    ]);

    expect(
      (await collect({ barrier: 'result', decision: JSON.stringify(given), needs })).failure,
    ).toBeUndefined();
    expect(deps.core.summary()).toContain('release/1.0.0 shown in staging');
  });

  it('machine images are collected with the images', async () => {
    const given = JSON.stringify(
      decisionOf({
        machineImages: [leg('machine-images', 'host')],
        stages: [
          { stage: 'images', expected: true, reason: 'because' },
          { stage: 'machine-images', expected: true, reason: 'because' },
          { stage: 'deploy', expected: true, reason: 'because' },
        ],
      }),
    );
    const host = {
      template: 'host',
      builder: 'docker.host',
      type: 'docker',
      region: '',
      id: 'x',
      artifactId: 'x',
      files: [],
    };
    const shop = entryOf('images', 'shop', { parts: imageParts('1') });
    offerEntries(github, [shop]);
    expect((await collect({ barrier: 'images', decision: given })).failure).toMatchObject({
      code: 'leg-missing',
      message: expect.stringContaining('host'),
    });

    offerEntries(github, [shop, entryOf('machine-images', 'host', { parts: { machineImages: [host] } })]);
    const result = await collect({ barrier: 'images', decision: given });

    expect(result.failure).toBeUndefined();
    expect(recordOf(result).machineImages).toEqual([host]);
    expect(result.outputs).not.toHaveProperty('subject');
    expect(deps.core.summary()).toContain('docker.host');
  });
});
