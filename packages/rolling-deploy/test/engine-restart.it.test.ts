// A Docker engine that is restarted in the middle of a deployment: a real daemon, ended for real, under load.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionStart, runBundle, startBundle } from '@headgate/kit/testing/action';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { proxyNetwork } from '../src/proxy-network.js';
import { inputsFor } from './deploy.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { type LiveEngine, missingLiveEngine, startLiveEngine } from './live-engine.js';
import { killLoads, startLoad } from './load.js';

const main = new URL('../dist/index.js', import.meta.url).pathname;
const built = existsSync(main) ? null : 'dist/ is not built (npm run build)';
const missing = missingTool() ?? missingLiveEngine() ?? built;
if (missing !== null) process.stdout.write(`engine-restart.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
/** Requests in a second. */
const rate = 200;

onHost('an engine that is restarted in the middle of a deployment', () => {
  let images: readonly BuiltImage[];
  let engine: LiveEngine;
  let host: TestHost;
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
  const start = (image: number): ActionStart => ({
    main,
    through: engine.through,
    workspace: join(host.folder, 'workspace'),
    inputs: {
      ...inputsFor(host),
      image: images[image]?.reference ?? '',
      instances: '2',
      engine: engine.address,
      reach: 'address',
    },
  });

  beforeAll(async () => {
    images = ['restart-one', 'restart-two'].map(buildImage);
    engine = await startLiveEngine();
    for (const build of ['restart-one', 'restart-two']) engine.load(`headgate-test/app:${build}`);
  });
  beforeEach(async () => {
    const setting = { engine: engine.address, through: engine.through };
    host = await startHost('headgate-restart-it', 6, setting);
    host.writeCompose({ VERSION: 'old' });
    const { exitCode, stdout } = await runBundle(start(0));
    if (exitCode !== 0) throw new Error(stdout);
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => engine.close());

  it('lets instances be reached by their host, and not by each other, in the proxy’s network', async () => {
    const [one = '', other = ''] = running();
    const format = `{{(index .NetworkSettings.Networks "${proxyNetwork}").IPAddress}}`;
    const address = docker('-H', engine.address, 'inspect', one, '--format', format);
    const ask = `fetch('http://${address}:3000/health', {signal: AbortSignal.timeout(2000)}).then(({status}) => status, () => 'not reached').then(console.log)`;

    const [enter = '', ...into] = engine.through;
    const byHost = execFileSync(enter, [...into, process.execPath, '-e', ask], { encoding: 'utf8' });
    expect(byHost.trim()).toBe('200');
    expect(docker('-H', engine.address, 'exec', other, 'node', '-e', ask)).toBe('not reached');
  });

  it.each([
    ['start', 'SIGKILL'],
    ['admit', 'SIGTERM'],
    ['drain', 'SIGKILL'],
  ] as const)(
    'after "done %s", by %s: it ends as if nothing had been, and no request is lost',
    async (step, signal) => {
      const load = await startLoad(host.url, rate, engine.through);
      host.writeCompose({ VERSION: 'new' });

      const action = startBundle(start(1));
      await action.waitFor(`\ndone ${step}`);
      await engine.restart(signal);
      const { exitCode, outputs } = await action.finished;
      action.remove();

      const { failed, reasons, versions } = await load.stop();
      expect([failed, reasons]).toEqual([0, {}]);
      expect([exitCode, outputs.get('outcome')]).toEqual([0, 'deployed']);
      expect(outputs.get('digest')).toBe(images[1]?.digest);
      expect(versions['new']).toBeGreaterThan(0);
      expect(running()).toHaveLength(2);
      expect(host.leases()).toEqual([]);
    },
  );
});
