// The contract with action.yml, and the bundle as a runner starts it.
import { existsSync } from 'node:fs';
import { type FinishedAction, runBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { contractProblems } from '@headgate/kit/testing/contract';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, outputNames } from '../src/inputs.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const post = actionFile(import.meta.url, 'dist/post/index.js');
const built = existsSync(main);
if (!built)
  process.stdout.write('action.test.ts skipped: dist/ of rolling-deploy is not built (npm run build)\n');
const onBundle = built ? describe : describe.skip;

it('action.yml and the code agree', () => {
  const file = actionFile(import.meta.url, 'action.yml');
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

onBundle('the bundle', () => {
  let host: DoubleHost;
  const image = `registry.example/shop@sha256:${'1'.repeat(64)}`;
  const run = (inputs: Readonly<Record<string, string>>): Promise<FinishedAction> =>
    runBundle({
      main,
      workspace: `${host.folder}/workspace`,
      inputs: {
        environment: 'integration',
        target: 'host-1',
        service: 'web',
        port: '3000',
        image,
        engine: host.engineSocket,
        'proxy-socket': host.proxySocket,
        'lock-directory': `${host.folder}/locks`,
        'health-interval': '10ms',
        settle: '1ms',
        'drain-deadline': '0s',
        ...inputs,
      },
    });

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
  });
  afterEach(() => host.close());

  it('deploys, and leaves outputs and an entry', async () => {
    const finished = await run({});

    expect(finished.exitCode).toBe(0);
    expect(finished.outputs.get('outcome')).toBe('deployed');
    expect(finished.outputs.get('result')).toBe('success');
    expect(finished.entry).toMatchObject({
      stage: 'deploy',
      result: 'success',
      parts: { deployments: [{ target: 'host-1' }] },
    });
    expect(finished.state.get('hand')).toBe('');
  });

  it('fails with code, hint and outputs when the new version is never healthy', async () => {
    host.writeCompose('services: {web: {image: shop, environment: {NEVER_HEALTHY: "1"}}}');

    const finished = await run({ 'health-deadline': '50ms' });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('rolling-deploy%3A never-healthy');
    expect(finished.outputs.get('outcome')).toBe('failed');
    expect(finished.entry).toMatchObject({ result: 'failure', cause: { code: 'never-healthy' } });
  });

  it('names its leg after the target, whether it succeeds or is refused', async () => {
    const [deployed, refused] = [await run({}), await run({ service: 'api' })];

    expect(deployed.entry).toMatchObject({ name: 'host-1', result: 'success' });
    expect(refused.entry).toMatchObject({ name: 'host-1', result: 'failure' });
    expect(refused.outputs.get('leg-id')).toBe(deployed.outputs.get('leg-id'));
    expect(refused.outputs.get('outcome')).toBe('failed');
  });

  it('names a missing input', async () => {
    const finished = await run({ service: '' });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('service: it is required');
  });

  it('does nothing in the post step when nothing was left', async () => {
    const finished = await runBundle({ main: post, state: { hand: '' } });

    expect(finished.exitCode).toBe(0);
    expect(finished.stdout).toBe('');
  });
});
