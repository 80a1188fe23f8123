// Tests of a deployment on a real engine: they reach the service by its name, and nothing of them is left.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  docker,
  missingTool,
  startHost,
  type TestHost,
  testContainers,
  until,
} from './host.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`deployment-tests.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-tests-it';
/** Asks the service by its name in the network, as a client would, and prints what it finds. */
const ask = `
  const seen = await (await fetch('http://web:3000/')).json();
  console.log('seen', JSON.stringify(seen), process.env.VERSION, process.env.OWN, process.env.TOKEN);
  process.exit(seen.version === process.env.VERSION && process.env.OWN === 'yes' ? 0 : 4);
`;
const failing = `
  console.log('::error::evil');
  console.error('no price for ' + process.argv[1]);
  process.exitCode = 7;
`;
const lasting = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;

onHost('the tests of a deployment on a real engine', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];

  beforeAll(() => {
    images = [buildImage('tests-one'), buildImage('tests-two')];
  });
  beforeEach(async () => {
    host = await startHost(application);
    host.writeCompose({ VERSION: 'old' });
    await deploy(host, images[0]?.reference ?? '');
    host.writeCompose({ VERSION: 'new' });
  });
  afterEach(() => host.close());
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  const run = (smoke: object, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, images[1]?.reference ?? '', {
      ...options,
      inputs: { settings: JSON.stringify({ tests: { smoke } }), ...options.inputs },
    });
  /** Of this file alone: others may use the engine. */
  const left = (): string => testContainers(application);
  const serving = async (): Promise<unknown> => (await fetch(host.url)).json();

  it('reach the new version only, with the service’s environment and secrets and their own', async () => {
    const { result, core } = await run(
      { command: ['node', '--input-type=module', '-e', ask], environment: { OWN: 'yes' } },
      {
        inputs: {
          instances: '2',
          'deploy-secrets': 'environment: {TOKEN: "very secret value"}',
          'environment-secrets': 'TOKEN',
        },
      },
    );

    expect(result.entry?.parts.tests).toEqual([
      { name: 'smoke', stage: 'deploy', outcome: 'passed', detail: 'exit code 0' },
    ]);
    expect(core.lines.find((line) => line.startsWith('seen '))).toMatch(/"version":"new"} new yes \*\*\*$/);
    expect(left()).toBe('');
  });

  it('fail the step with exit code and last words, and the new version goes on', async () => {
    const { result, core } = await run({
      command: ['node', '-e', failing, 'a b'],
    });

    expect(result.failure?.code).toBe('test-failed');
    expect(result.outputs['outcome']).toBe('deployed');
    const [test] = result.entry?.parts.tests ?? [];
    expect(test?.detail).toMatch(/^exit code 7; last lines:\n/);
    expect(test?.detail).toContain('no price for a b');
    expect(core.summary()).toContain('no price for a b');
    expect(await serving()).toMatchObject({ version: 'new' });
    expect(left()).toBe('');
  });

  it.each([
    ['that ignores its end', ['node', '-e', lasting], /did not end within 1 s/],
    ['whose command is not in the image', ['no-such-command'], /executable file not found/],
  ])('fail for one %s, and leave nothing', async (_, command, detail) => {
    const { result } = await run({ command, deadline: '1s' });

    expect(result.failure?.code).toBe('test-failed');
    expect(result.entry?.parts.tests?.[0]?.detail).toMatch(detail);
    expect(left()).toBe('');
    expect(await serving()).toMatchObject({ version: 'new' });
  });

  it('are gone soon after a cancel', async () => {
    const controller = new AbortController();
    const running = run({ command: ['node', '-e', lasting] }, { signal: controller.signal });
    await until(() => left() !== '');
    const began = Date.now();
    controller.abort();

    const { result } = await running;

    expect(result.failure?.code).toBe('cancelled');
    expect(left()).toBe('');
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await serving()).toMatchObject({ version: 'new' });
  });
});
