// Kills that nobody can heed, on a real engine behind a real HAProxy under load: at each step's end and at random instants.
// HEADGATE_KILLS says at how many of these; every one is followed by another run, of the same or of another release.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionStart, type FinishedAction, runBundle, startBundle } from '@headgate/kit/testing/action';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { killLoads, type LoadReport, startLoad } from './load.js';

const main = new URL('../dist/index.js', import.meta.url).pathname;
const missing = missingTool() ?? (existsSync(main) ? null : 'dist/ is not built (npm run build)');
if (missing !== null) process.stdout.write(`kills.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-kills-it';
const kills = Number(process.env['HEADGATE_KILLS'] ?? '6');
const strategies = [
  '{type: rolling}',
  '{type: blue-green, keep-warm: 300ms}',
  '{type: canary, steps: [30% for 300ms, 100%]}',
] as const;

/** The same ones each time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

interface Tally {
  kills: number;
  /** Of them, before the next run found anything under way. */
  early: number;
  goneOn: number;
  undone: number;
}

onHost('a deployment killed in the middle', () => {
  let host: TestHost;
  let image: BuiltImage;
  let version = 0;
  let runs = 1000;
  const tally: Tally = { kills: 0, early: 0, goneOn: 0, undone: 0 };

  beforeAll(() => {
    image = buildImage('kills');
  });
  beforeEach(async () => {
    host = await startHost(application, 8);
    await expectDeployed(await runBundle(start(version)));
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  const start = (number: number, strategy: string = strategies[0]): ActionStart => {
    host.writeCompose({ VERSION: `v${number}` });
    runs += 1;
    return {
      main,
      workspace: join(host.folder, 'workspace'),
      env: { GITHUB_RUN_ID: String(runs) },
      inputs: {
        environment: 'integration',
        target: 'host-1',
        application,
        service: 'web',
        port: '3000',
        instances: '2',
        strategy,
        image: image.reference,
        engine: process.env['DOCKER_HOST'] ?? '',
        'proxy-socket': host.proxySocket,
        'lock-directory': join(host.folder, 'locks'),
        'lock-expiry': '1500ms',
        'health-interval': '50ms',
        settle: '100ms',
        'drain-deadline': '5s',
        'stop-grace': '2s',
      },
    };
  };
  /** A file that was being written when its writer died stays beside for a while. */
  async function expectDeployed({ stdout, exitCode, outputs }: FinishedAction): Promise<void> {
    if (exitCode !== 0) throw new Error(stdout);
    expect(outputs.get('outcome')).toMatch(/^(deployed|unchanged)$/);
    const seen = new Set<unknown>();
    for (let request = 0; request < 8; request += 1)
      seen.add(((await (await fetch(host.url)).json()) as { version: string }).version);
    expect([...seen]).toEqual([`v${version}`]);
    const containers = host.containers();
    const running = containers.filter(({ state }) => state === 'running');
    expect(running).toHaveLength(2);
    expect(new Set(running.map(({ revision }) => revision)).size).toBe(1);
    expect(containers.filter(({ state }) => state === 'created')).toEqual([]);
    expect(host.leases()).toEqual([]);
  }

  /** Killed when `moment` comes; then the same release or another one. */
  async function killedAt(
    moment: (action: ReturnType<typeof startBundle>) => Promise<void>,
    [strategy, again]: readonly [string, boolean],
  ): Promise<void> {
    const action = startBundle(start(version + 1, strategy));
    await moment(action).catch(() => undefined);
    action.kill('SIGKILL');
    await action.finished;
    action.remove();
    const left = host.leases().some((name) => name.endsWith('.journal'));
    version += again ? 1 : 2;

    const next = await runBundle(start(version, strategy));

    await expectDeployed(next);
    tally.kills += 1;
    if (!left) tally.early += 1;
    else expect(next.stdout).toContain('was lost at');
    if (next.stdout.includes('its deployment goes on')) tally.goneOn += 1;
    if (next.stdout.includes('it was undone first')) tally.undone += 1;
  }

  async function underLoad(work: () => Promise<void>): Promise<LoadReport> {
    const load = await startLoad(host.url, 50);
    await work();
    return load.stop();
  }

  it.each(strategies)(
    'at the end of each of its steps, %s: finished or undone by the next run, and no request lost',
    async (strategy) => {
      const report = await underLoad(async () => {
        version += 1;
        const whole = await runBundle(start(version, strategy));
        await expectDeployed(whole);
        const steps = whole.stdout.split('\ndone ').length - 1;
        expect(steps).toBeGreaterThan(8);
        // Every one of rolling; of the others every one in a long run.
        const stride = strategy === strategies[0] || kills >= 100 ? 1 : 4;
        for (let step = 1; step <= steps; step += stride)
          await killedAt((action) => action.waitFor('\ndone ', step), [strategy, step % 2 === 0]);
      });

      expect(report.failures).toEqual([]);
      process.stdout.write(
        `${strategy}: ${report.requests} requests, ${report.failed} failed; ${JSON.stringify(tally)}\n`,
      );
    },
    600_000,
  );

  it(`at ${kills} random instants: finished or undone by the next run, and no request lost`, async () => {
    const random = createRandom(Number(process.env['HEADGATE_SEED'] ?? '1'));
    const report = await underLoad(async () => {
      const began = Date.now();
      version += 1;
      await expectDeployed(await runBundle(start(version)));
      const longMs = Date.now() - began;
      for (let kill = 0; kill < kills; kill += 1) {
        const ms = 200 + random() * longMs;
        const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
        const strategy = strategies[kill % strategies.length] ?? strategies[0];
        await killedAt(moment, [strategy, random() < 0.5]);
      }
    });

    expect(report.failures).toEqual([]);
    expect(report.requests).toBeGreaterThan(100);
    process.stdout.write(
      `random: ${report.requests} requests, ${report.failed} failed; ${JSON.stringify(tally)}\n`,
    );
  }, 7_200_000);
});
