// The contract with action.yml, and the bundle as a runner starts it, cancels it and lets its post step finish.
import { existsSync } from 'node:fs';
import { type ChildMark, isRunning } from '@headgate/kit/child-watch';
import { runBundle, startBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { contractProblems } from '@headgate/kit/testing/contract';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, outputNames } from '../src/inputs.js';
import { type FakeTerraform, makeFakeTerraform, type TerraformScript } from './fake-terraform.js';
import { type Checkout, makeCheckout, sealKey } from './step.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const post = actionFile(import.meta.url, 'dist/post/index.js');
const built = existsSync(main);
if (!built)
  process.stdout.write(
    'action.test.ts skipped: dist/ of terraform-plan-apply is not built (npm run build)\n',
  );
const onBundle = built ? describe : describe.skip;

it('action.yml and the code agree', () => {
  const file = actionFile(import.meta.url, 'action.yml');
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

onBundle('the bundle', () => {
  let checkout: Checkout;
  const plan: TerraformScript['plan'] = {
    resource_changes: [{ address: 'a.one', change: { actions: ['create'], before: null, after: {} } }],
  };
  const start = (tool: FakeTerraform, inputs: Readonly<Record<string, string>> = {}) => ({
    main,
    workspace: checkout.folder,
    env: { PATH: tool.PATH, TF_CLI_ARGS: '-destroy', TF_LOG: 'trace' },
    inputs: {
      mode: 'plan',
      environment: 'staging',
      directory: 'infra',
      'deploy-secrets': `seal-key: "${sealKey}"`,
      'lock-timeout': '0s',
      ...inputs,
    },
  });

  beforeEach(() => {
    checkout = makeCheckout({ 'infra/main.tf': '' });
  });
  afterEach(() => checkout.remove());

  it('plans, seals, and leaves outputs, a summary and an entry', async () => {
    const tool = makeFakeTerraform({ plan });

    const finished = await runBundle(start(tool, { seal: 'true' }));

    expect(finished.exitCode).toBe(0);
    expect(finished.outputs.get('changes')).toBe('true');
    expect(finished.outputs.get('plan-file-digest')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(finished.summary).toContain('a.one');
    expect(finished.entry).toMatchObject({
      stage: 'plan',
      result: 'success',
      parts: { plans: [{ add: 1 }] },
    });
    expect(
      Object.keys(tool.calls('plan')[0]?.env ?? {}).filter((name) =>
        /^(INPUT|GITHUB|TF_CLI|TF_LOG)/.test(name),
      ),
    ).toEqual([]);
  });

  it('fails an apply without an approved digest, and leaves an entry of the right stage', async () => {
    const finished = await runBundle(start(makeFakeTerraform(), { mode: 'apply' }));

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('plan-digest: neither it nor a record was given');
    expect(finished.entry).toMatchObject({ stage: 'deploy', result: 'failure' });
  });

  it('passes a cancel on once, and has nothing left to do in the post step', async () => {
    const tool = makeFakeTerraform({ plan, commands: { plan: { hang: true, output: 'planning\n' } } });
    const started = startBundle(start(tool));
    await until(() => tool.calls('plan').length === 1);

    started.kill('SIGINT');
    started.kill('SIGTERM');
    const finished = await started.finished;
    started.remove();

    expect(finished.exitCode).toBe(1);
    expect(finished.outputs.get('result')).toBe('cancelled');
    expect(tool.signals()).toEqual(['SIGINT']);
    expect(finished.state.get('child')).toBe('');
    const after = await runBundle({ ...start(tool), main: post, state: { child: '' } });
    expect(after).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('is cut off while the tool still writes its state, and the post step waits for it', async () => {
    const tool = makeFakeTerraform({ plan, commands: { plan: { hang: true, stopsAfterMs: 6000 } } });
    const started = startBundle(start(tool));
    await until(() => tool.calls('plan').length === 1);

    started.kill('SIGINT');
    const finished = await started.finished;
    expect(finished.outputs.get('result')).toBe('cancelled');
    const child = finished.state.get('child') ?? '';
    expect(isRunning(JSON.parse(child) as ChildMark)).toBe(true);
    const env = { PATH: tool.PATH, RUNNER_TEMP: started.temporary };
    const after = await runBundle({ ...start(tool), main: post, state: { child }, env });
    started.remove();

    expect(after.exitCode).toBe(0);
    expect(after.stdout).toContain('the lock is free');
    expect(isRunning(JSON.parse(child) as ChildMark)).toBe(false);
    expect(tool.signals()).toEqual(['SIGINT']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
