// The two stories against a scripted tool and GitHub's double: order of judgement, what leaves the step, what children see.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@headgate/kit/digest';
import type { ActionError } from '@headgate/kit/errors';
import { emptyRecord } from '@headgate/kit/record';
import { recordFileName } from '@headgate/kit/record-names';
import type { PlanPart } from '@headgate/kit/record-parts';
import { createSubject, subjectDigest } from '@headgate/kit/subject';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import { type FakeTerraform, makeFakeTerraform, type TerraformScript } from './fake-terraform.js';
import {
  type Checkout,
  everythingSaid,
  failedStep,
  makeCheckout,
  output,
  type StepOptions,
  step,
} from './step.js';

const planted = 'planted-secret-value';
const create = (address: string, after: unknown, marks: unknown = {}) => ({
  address,
  change: { actions: ['create'], before: null, after, after_sensitive: marks },
});
const usual: TerraformScript = {
  plan: {
    resource_changes: [create('a.one', { name: 'x', password: planted }, { password: true })],
    timestamp: '2026-01-01T00:00:00Z',
  },
  commands: {},
  outputs: {
    url: { sensitive: false, value: 'https://shop.example' },
    login: { sensitive: true, value: 'not shown' },
    leak: { sensitive: false, value: `user:${planted}` },
  },
};

let checkout: Checkout;
let github: TestGitHub;
beforeEach(() => {
  checkout = makeCheckout({ 'infra/main.tf': '' });
  github = createTestGitHub();
});
afterEach(() => checkout.remove());

const comments = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const createComment = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const updateComment = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';

async function sealedPlan(tool: FakeTerraform) {
  const { result, core } = await step(checkout, 'plan', { tool, inputs: { seal: 'true' } });
  copyFileSync(output(result, 'sealed-plan'), join(checkout.folder, 'sealed.json'));
  return { result, core, digest: output(result, 'plan-file-digest') };
}

describe('mode plan', () => {
  it('leaves outputs, a plan in the entry, and no secret anywhere', async () => {
    const tool = makeFakeTerraform({ ...usual, commands: { plan: { output: `password = ${planted}\n` } } });

    const { core, result } = await step(checkout, 'plan', { tool, inputs: { seal: 'true' } });

    expect(result.outputs).toMatchObject({ changes: 'true', add: '1', change: '0', destroy: '0' });
    expect(result.entry).toMatchObject({
      stage: 'plan',
      name: 'infra (default)',
      parts: {
        plans: [{ directory: 'infra', outcome: 'planned', artifact: output(result, 'plan-artifact-name') }],
      },
    });
    expect(core.lines).toContain('password = ***');
    expect(everythingSaid(core, result)).not.toContain(planted);
    expect(core.secrets).toContain(planted);
    expect(readFileSync(output(result, 'sealed-plan'), 'utf8')).not.toContain(planted);
  });

  it('hands the machine images of the record on, by builder and region', async () => {
    const tool = makeFakeTerraform(usual);
    const machine = { template: 'host', type: 'x', artifactId: 'x', files: [] };
    const machineImages = [
      { ...machine, builder: 'amazon-ebs.host', region: 'eu-west-1', id: 'ami-1' },
      { ...machine, builder: 'amazon-ebs.host', region: 'us-east-1', id: 'ami-2' },
      { ...machine, builder: 'docker.host', region: '', id: 'sha256:1' },
    ];
    const flow = { application: 'shop', event: 'push', ref: 'x', branchKind: 'release', actor: 'dana' };
    const place = { repository: 'acme/shop', commit: 'a'.repeat(40), tree: 'b'.repeat(40), version: null };
    const record = {
      ...emptyRecord({ ...flow, ...place, run: { id: 1000, attempt: 1, url: '' } }),
      machineImages,
    };
    github.addArtifact(5, zipSync({ [recordFileName]: Buffer.from(JSON.stringify(record)) }));

    await step(checkout, 'plan', {
      tool,
      connectGitHub: github.connect,
      inputs: {
        variables: 'size: 1',
        'machine-images-variable': 'machine_images',
        'record-artifact-id': '5',
        'record-digest': digestOf(record),
      },
    });

    expect(tool.calls('plan')[0]?.variables).toEqual({
      size: 1,
      machine_images: {
        'amazon-ebs.host': { 'eu-west-1': 'ami-1', 'us-east-1': 'ami-2' },
        'docker.host': { default: 'sha256:1' },
      },
    });
  });

  it('gives the tool an allow-listed environment, and secrets by environment only', async () => {
    const tool = makeFakeTerraform(usual);
    checkout.write('infra/my.tfvars', '');

    await step(checkout, 'plan', {
      tool,
      env: { AWS_REGION: 'eu-west-1', TF_CLI_ARGS: '-destroy', TF_LOG: 'trace', GITHUB_TOKEN: 'token' },
      inputs: {
        'pass-environment': 'AWS_REGION',
        'secret-environment': 'PGPASSWORD=DB',
        settings: '{"variables": {"size": {"min": 1}, "password": {"secret": "DB"}}}',
        'var-files': 'infra/my.tfvars',
        'backend-config': `key=a "quoted" \${text}`,
        workspace: 'blue',
        'lock-timeout': '90s',
      },
    });

    const [plan] = tool.calls('plan');
    expect(plan?.env).toMatchObject({
      AWS_REGION: 'eu-west-1',
      PGPASSWORD: 'correct horse battery',
      TF_VAR_password: 'correct horse battery',
      TF_WORKSPACE: 'blue',
    });
    const forbidden = /^(TF_CLI_ARGS|TF_LOG|TF_REATTACH|GITHUB_|ACTIONS_|INPUT_|RUNNER_)/;
    for (const { args, env } of tool.calls()) {
      expect(Object.keys(env).filter((name) => forbidden.test(name))).toEqual([]);
      expect(args.join(' ')).not.toContain('correct horse');
    }
    expect(plan?.args).toContain('-lock-timeout=90s');
    expect(
      plan?.args.filter((arg) => arg.startsWith('-var-file=')).map((arg) => arg.split('/').at(-1)),
    ).toEqual(['my.tfvars', 'headgate.tfvars.json']);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a directory outside', { directory: '..' }, 'path-outside-workspace'],
    ['no directory', { directory: 'none' }, 'directory-missing'],
    ['a variable file outside', { 'var-files': '/etc/hostname' }, 'path-outside-workspace'],
    ['no seal key', { seal: 'true', 'deploy-secrets': '{}' }, 'secrets-missing'],
    ['a short seal key', { seal: 'true', 'deploy-secrets': 'seal-key: "too short"' }, 'seal-key-weak'],
    ['an absent secret', { 'secret-variables': 'password=NONE' }, 'secrets-missing'],
  ])('refuses %s', async (_, inputs, code) => {
    const tool = makeFakeTerraform(usual);

    expect((await failedStep(checkout, 'plan', { tool, inputs })).error).toMatchObject({ code });
    expect(tool.calls('plan')).toEqual([]);
  });

  it.each<[string, TerraformScript, string, RegExp]>([
    [
      'init fails',
      { commands: { init: { code: 1, output: '│ Error: No backend\n│ \n│ it is away\n' } } },
      'init-failed',
      /No backend it is away/,
    ],
    [
      'the plan fails',
      { commands: { plan: { code: 1, output: 'Error: correct horse battery is bad\n' } } },
      'plan-failed',
      /\*\*\* is bad/,
    ],
    ['the plan is no JSON', { plan: { resource_changes: [{}] } }, 'plan-unreadable', /without address/],
    [
      'an action is not known',
      { plan: { resource_changes: [{ address: 'a', change: { actions: ['x'] } }] } },
      'plan-unreadable',
      /\["x"\]/,
    ],
    [
      'the state is locked',
      {
        commands: {
          plan: {
            code: 1,
            output:
              '│ Lock Info:\n│   ID:        abc-1\n│   Operation: OperationTypeApply\n│   Who:       dana@host\n│   Created:   today\n',
          },
        },
      },
      'state-locked',
      /lock abc-1, held by dana@host/,
    ],
    ['the tool is too old', { version: '1.3.9' }, 'tool-too-old', /1\.3\.9/],
  ])('says it when %s', async (_, script, code, message) => {
    const { error } = await failedStep(checkout, 'plan', { tool: makeFakeTerraform(script) });

    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('stands at the line that the tool names, from the root of the repository', async () => {
    const output =
      'Error: Unsupported argument\n\n  on main.tf line 3, in resource "x" "y":\n   3: foo = 1\n';
    for (const command of ['init', 'plan']) {
      const tool = makeFakeTerraform({ commands: { [command]: { code: 1, output } } });
      const { error } = await failedStep(checkout, 'plan', { tool });

      expect(error).toMatchObject({
        code: `${command}-failed`,
        place: { file: 'infra/main.tf', line: 3 },
      });
    }
  });

  it('runs OpenTofu when asked', async () => {
    const { core } = await step(checkout, 'plan', {
      tool: makeFakeTerraform(usual),
      inputs: { tool: 'tofu' },
    });

    expect(core.lines[0]).toContain('OpenTofu 1.11.4');
  });
});

describe('the comment', () => {
  const onPullRequest = (tool: FakeTerraform): StepOptions => ({
    tool,
    connectGitHub: github.connect,
    context: { event: { pull_request: { number: 7 } } },
  });

  it('is written once and then brought up to date; that of a person is left alone', async () => {
    github.on(comments, []);
    github.on(createComment, {});
    await step(checkout, 'plan', onPullRequest(makeFakeTerraform(usual)));
    const body = String(github.calls.at(-1)?.parameters['body']);
    expect(body).toMatch(/^<!-- headgate-plan [0-9a-f]{16} -->\n/);
    expect(body).toContain('a.one');
    expect(body).not.toContain(planted);

    github.on(comments, [
      { id: 1, body, user: { type: 'User' } },
      { id: 2, body: `before\n${body}`, user: { type: 'Bot' } },
      { id: 3, body: `${body}older`, user: { type: 'Bot' } },
    ]);
    github.on(updateComment, {});
    await step(checkout, 'plan', onPullRequest(makeFakeTerraform(usual)));
    expect(github.calls.at(-1)).toMatchObject({ route: updateComment, parameters: { comment_id: 3 } });
  });

  it('fails no plan when it may not be written', async () => {
    const { core, result } = await step(checkout, 'plan', onPullRequest(makeFakeTerraform(usual)));

    expect(result.outputs['changes']).toBe('true');
    expect(core.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('#7') }]);
  });
});

describe('mode apply', () => {
  it('applies what was approved, once, and shows no secret', async () => {
    const tool = makeFakeTerraform(usual);
    const { digest } = await sealedPlan(tool);
    const inputs = { 'plan-digest': digest, 'sealed-plan': 'sealed.json' };

    const { core, result } = await step(checkout, 'apply', { tool, inputs });
    expect(result.outputs).toMatchObject({
      applied: 'true',
      'infrastructure-outputs': '{"url":"https://shop.example"}',
    });
    expect(result.entry).toMatchObject({ stage: 'deploy', parts: { plans: [{ outcome: 'applied' }] } });
    expect(everythingSaid(core, result)).not.toContain(planted);
    expect(everythingSaid(core, result)).not.toContain('not shown');

    const { error } = await failedStep(checkout, 'apply', { tool, inputs });
    expect(error).toMatchObject({ code: 'state-moved', message: expect.stringContaining('applied already') });
    expect(tool.calls('apply')).toHaveLength(1);
  });

  it('names a state that has moved under the plan', async () => {
    const tool = makeFakeTerraform({ ...usual, state: { serial: 4, lineage: 'line' } });
    const { digest } = await sealedPlan(tool);
    const moved = makeFakeTerraform({ ...usual, state: { serial: 5, lineage: 'line' } });

    const { error } = await failedStep(checkout, 'apply', {
      tool: moved,
      inputs: { 'plan-digest': digest, 'sealed-plan': 'sealed.json' },
    });

    expect(error).toMatchObject({
      message: expect.stringContaining('serial: the plan was made on 4, 5 was found'),
    });
    expect(moved.calls('apply')).toEqual([]);
  });

  it('seals a state that the tool could not write, and hands the file on', async () => {
    const leaves = { 'errored.tfstate': `{"secret":"${planted}"}` };
    const tool = makeFakeTerraform({
      ...usual,
      commands: { apply: { code: 1, output: 'Error: Failed to persist state', leaves } },
    });
    const { digest } = await sealedPlan(tool);

    const { error, core } = await failedStep(checkout, 'apply', {
      tool,
      inputs: { 'plan-digest': digest, 'sealed-plan': 'sealed.json' },
    });

    expect(error).toMatchObject({
      code: 'state-not-written',
      message: expect.stringContaining('Failed to persist state'),
      hint: expect.stringContaining('terraform state push errored.tfstate'),
    });
    const { outputs } = error as ActionError;
    const sealed = readFileSync(String(outputs['errored-state']), 'utf8');
    expect(JSON.parse(sealed)).toMatchObject({ bound: { kind: 'errored-state', environment: 'staging' } });
    expect(sealed + everythingSaid(core)).not.toContain(planted);
  });

  it('takes no state for its own that lay there before', async () => {
    const tool = makeFakeTerraform({ ...usual, commands: { apply: { code: 1 } } });
    const { digest } = await sealedPlan(tool);
    checkout.write('infra/errored.tfstate', '{}');

    const { error } = await failedStep(checkout, 'apply', {
      tool,
      inputs: { 'plan-digest': digest, 'sealed-plan': 'sealed.json' },
    });

    expect(error).toMatchObject({ code: 'apply-failed', outputs: {} });
  });

  it('takes the plan from the run that made it, and from no other', async () => {
    const tool = makeFakeTerraform(usual);
    const { result, digest } = await sealedPlan(tool);
    const name = output(result, 'plan-artifact-name');
    const zip = zipSync({ 'headgate-plan.sealed.json': readFileSync(join(checkout.folder, 'sealed.json')) });
    github.on('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      artifacts: [
        { id: 8, name: `${name}x` },
        { id: 9, name },
        { id: 10, name: 'headgate-plan-else-1' },
      ],
    });
    github.on('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}', {
      id: 9,
      workflow_run: { id: 1 },
    });
    github.addArtifact(9, zip);
    const options = { tool, connectGitHub: github.connect };

    const foreign = await failedStep(checkout, 'apply', {
      ...options,
      inputs: { 'plan-digest': digest, 'plan-artifact-id': '9' },
    });
    expect(foreign.error).toMatchObject({
      code: 'plan-not-found',
      message: expect.stringContaining('belongs to run 1'),
    });

    const { result: applied } = await step(checkout, 'apply', {
      ...options,
      inputs: { 'plan-digest': digest },
    });
    expect(applied.outputs['applied']).toBe('true');
  });

  it('recomputes the subject from the record, and names what differs', async () => {
    const tool = makeFakeTerraform(usual);
    const { result } = await sealedPlan(tool);
    const plans = (result.entry?.parts.plans ?? []) as readonly PlanPart[];
    const flow = {
      application: 'shop',
      event: 'push',
      ref: 'x',
      branchKind: 'release',
      actor: 'dana',
      version: '1.0.0',
    };
    const place = { repository: 'acme/shop', commit: 'a'.repeat(40), tree: 'b'.repeat(40) };
    const record = { ...emptyRecord({ ...flow, ...place, run: { id: 1000, attempt: 1, url: '' } }), plans };
    github.addArtifact(5, zipSync({ [recordFileName]: Buffer.from(JSON.stringify(record)) }));
    const parts = {
      ...place,
      version: '1.0.0',
      environment: 'staging',
      images: [],
      machineImages: [],
      plans,
    };
    const subject = createSubject({ ...parts, configurationDigest: '' });
    const apply = (approved: string): StepOptions => ({
      tool,
      connectGitHub: github.connect,
      inputs: {
        'plan-digest': '',
        'record-artifact-id': '5',
        'record-digest': digestOf(record),
        subject: approved,
        'sealed-plan': 'sealed.json',
      },
    });

    const other = { ...subject, version: '1.0.1', images: [{ name: 'shop', digest: 'x' }] };
    expect((await failedStep(checkout, 'apply', apply(JSON.stringify(other)))).error).toMatchObject({
      code: 'subject-mismatch',
      message: 'subject: version, images differ from what was approved',
    });
    expect((await failedStep(checkout, 'apply', apply(`sha256:${'0'.repeat(64)}`))).error).toMatchObject({
      code: 'subject-mismatch',
    });
    expect((await step(checkout, 'apply', apply(subjectDigest(subject)))).result.outputs['applied']).toBe(
      'true',
    );
  });

  it('tells the tool once to stop when the job is cancelled', async () => {
    const { digest } = await sealedPlan(makeFakeTerraform(usual));
    const tool = makeFakeTerraform({ ...usual, commands: { apply: { hang: true, output: 'applying\n' } } });
    const controller = new AbortController();

    const { error, core } = await failedStep(checkout, 'apply', {
      tool,
      signal: controller.signal,
      inputs: { 'plan-digest': digest, 'sealed-plan': 'sealed.json' },
      onLine: (line) => (line === 'applying' ? controller.abort(new Error('cancelled')) : undefined),
    });

    expect(error).toMatchObject({ code: 'cancelled' });
    expect(tool.signals()).toEqual(['SIGINT']);
    expect(core.states.get('child')).toBe('');
  });
});
