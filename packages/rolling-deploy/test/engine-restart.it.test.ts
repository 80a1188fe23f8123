// A Docker engine that is restarted in the middle of a deployment: a real daemon, ended for real, under load.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  killLoads,
  missingTool,
  startHost,
  startLoad,
  type TestHost,
} from './host.js';
import { missingSecondEngine, type SecondEngine, startSecondEngine } from './second-engine.js';

const missing = missingTool() ?? missingSecondEngine();
if (missing !== null) process.stdout.write(`engine-restart.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-restart-it';

onHost('an engine with live-restore that is restarted in the middle', () => {
  let images: readonly BuiltImage[];
  let engine: SecondEngine;
  let host: TestHost;
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
  const image = (index: number): string => images[index]?.reference ?? '';

  beforeAll(() => {
    images = ['restart-one', 'restart-two'].map(buildImage);
    engine = startSecondEngine({ liveRestore: true });
    for (const build of ['restart-one', 'restart-two']) engine.load(`headgate-test/app:${build}`);
  });
  beforeEach(async () => {
    host = await startHost(application, 6, engine.address);
    host.writeCompose({ VERSION: 'old' });
    const { result } = await deploy(host, image(0), { inputs: inputs() });
    expect(result.outputs['outcome']).toBe('deployed');
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => engine.close());

  const inputs = (): Readonly<Record<string, string>> => ({ instances: '2', engine: engine.address });

  it.each([
    ['started', 'start', 'SIGTERM'],
    ['started', 'start', 'SIGKILL'],
    ['admitted', 'admit', 'SIGTERM'],
    ['drained', 'drain', 'SIGKILL'],
  ] as const)('right after an instance was %s (%s, %s): no request is lost', async (_, step, signal) => {
    const load = await startLoad(host.url, 200);
    host.writeCompose({ VERSION: 'new' });
    let restarted: Promise<void> | null = null;

    const { result } = await deploy(host, image(1), {
      inputs: inputs(),
      onLine: (line) => {
        if (line.startsWith(`done ${step}`)) restarted ??= engine.restart(signal);
      },
    });
    await restarted;

    const { failures, versions } = await load.stop();
    expect(restarted).not.toBeNull();
    expect(failures).toEqual([]);
    expect(['deployed', 'undone']).toContain(result.outputs['outcome']);
    const ends = result.outputs['outcome'] === 'deployed' ? 1 : 0;
    expect(result.outputs).toMatchObject({ digest: images[ends]?.digest, instances: '2' });
    expect(Object.keys(versions)).toContain(ends === 1 ? 'new' : 'old');
    expect(running()).toHaveLength(2);
    expect(readdirSync(join(host.folder, 'locks'))).toEqual([]);
  });
});
