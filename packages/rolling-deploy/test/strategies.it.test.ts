// The strategies on a real engine behind a real HAProxy, under real load: shares, the one switch, the way back.
import { createHttp } from '@headgate/kit/http';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy, finish } from './deploy.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { keepHosts } from './kept-hosts.js';
import { killLoads, startLoad } from './load.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`strategies.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-strategies-it';
const canary = (steps: string): string => JSON.stringify({ type: 'canary', steps });
const blueGreen = (warm: string): string => JSON.stringify({ type: 'blue-green', 'keep-warm': warm });

onHost('strategies on a real host', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  let outside: TestServer;
  let measured: Promise<unknown> = Promise.resolve();
  const hosts = keepHosts(async () => {
    host = await startHost(application, 8);
    host.writeCompose({ VERSION: 'old' });
    await deploy(host, reference(0), { inputs: { instances: '3', settle: '100ms' } });
    return [host];
  });
  const reference = (index: number): string => images[index]?.reference ?? '';
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));

  beforeAll(async () => {
    images = [buildImage('strategy-one'), buildImage('strategy-two')];
    outside = await startTestServer();
    outside.on('GET /measured', async () => {
      await measured;
      return { status: 204 };
    });
  });
  beforeEach(() => hosts.ready());
  afterEach(killLoads);
  afterAll(async () => {
    hosts.close();
    await outside.close();
    docker('network', 'rm', `${application}_default`);
  });

  /** Each share lasts until it is measured, however long that takes here. */
  const untilMeasured = (): string => {
    const gate = { http: { url: `${outside.url}/measured` }, timeout: '5m' };
    return JSON.stringify({ hooks: { 'after-traffic': [gate] } });
  };

  const clients = 40;

  /** Part of so many requests that another version than the first answered, in percent. All must be answered. */
  async function share(requests: number): Promise<number> {
    let fresh = 0;
    const ask = async (): Promise<void> => {
      for (let left = requests / clients; left > 0; left -= 1) {
        const response = await fetch(host.url);
        const { version } = (await response.json()) as { version: string };
        if (version !== 'old') fresh += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, ask));
    return (100 * fresh) / requests;
  }

  it('a canary of 1, 5, 10, 25 and 50 % gets each part of 4,000 requests, off by half a point at most', async () => {
    const percents = [1, 5, 10, 25, 50];
    const controller = new AbortController();
    const steps = canary(percents.map((percent) => `${percent}% for 100ms`).join(', '));
    host.writeCompose({ VERSION: 'new' });
    const shares: number[] = [];

    const { result, core } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: steps, settings: untilMeasured() },
      http: createHttp(),
      signal: controller.signal,
      onLine: (line) => {
        if (!line.startsWith('done split')) return;
        measured = share(4000).then((percent) => {
          if (shares.push(percent) === percents.length) controller.abort();
        });
      },
    });
    await finish(host, core);

    expect(shares).toHaveLength(percents.length);
    const errors = shares.map((percent, index) => Math.abs(percent - (percents[index] ?? 0)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.5);
    expect(result.failure?.code).toBe('cancelled');
    expect(await share(80)).toBe(0);
    expect(running()).toHaveLength(3);
  });

  it('a canary grows to the whole without a lost request, and the former version is kept', async () => {
    const load = await startLoad(host.url, 300);
    host.writeCompose({ VERSION: 'new' });

    const { result, core } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: canary('10% for 1s, 50% for 1s') },
    });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '3' });
    expect(core.lines.filter((line) => line.startsWith('done split'))).toHaveLength(3);
    expect((await load.stop()).failures).toEqual([]);
    expect(await share(80)).toBe(100);
    expect(host.containers().filter(({ state }) => state === 'exited')).toHaveLength(3);
  });

  it('a canary is judged by what the proxy counts, and says so in log, summary and record', async () => {
    const load = await startLoad(host.url, 200);
    host.writeCompose({ VERSION: 'new' });
    const strategy = {
      type: 'canary',
      steps: '20% for 2s, 50% for 2s',
      analysis: { detect: '5%', undecided: 'extend', 'extend-for': '60s' },
    };

    const { result, core } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: JSON.stringify(strategy) },
    });

    expect((await load.stop()).failures).toEqual([]);
    expect(result.outputs).toMatchObject({ outcome: 'deployed' });
    const [first] = result.entry?.parts?.deployments?.[0]?.analyses ?? [];
    expect(first).toMatchObject({ percent: 20, errors: 0, p: 1, verdict: 'pass' });
    // So few requests; that shares are exact is shown above.
    expect(Math.abs((first?.observed ?? 0) - 20)).toBeLessThanOrEqual(5);
    expect(core.lines).toContainEqual(
      expect.stringMatching(/^analysis at 20 %: 95 requests .* requests\/s seen/),
    );
    expect(core.lines).toContainEqual(expect.stringMatching(/^analysis at 20 %: pass, 0 of \d+ requests/));
  });

  it('a canary that is slower is found out by averages that the proxy keeps for its slots', async () => {
    const load = await startLoad(host.url, 400);
    host.writeCompose({ VERSION: 'slow', SLOW: '60' });
    const strategy = {
      type: 'canary',
      steps: '50% for 5s',
      analysis: { latency: { worse: '30ms' }, undecided: 'extend', 'extend-for': '1m' },
    };

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: JSON.stringify(strategy) },
    });

    expect((await load.stop()).failures).toEqual([]);
    expect(result.failure?.code).toBe('slower-in-traffic');
    expect(result.outputs).toMatchObject({ outcome: 'undone', instances: '3' });
  });

  /** Versions that answer requests with this header. */
  async function versionsFor(variant: string): Promise<readonly string[]> {
    const versions = new Set<string>();
    const ask = async (): Promise<void> => {
      const response = await fetch(host.url, { headers: { 'x-variant': variant } });
      versions.add(((await response.json()) as { version: string }).version);
    };
    await Promise.all(Array.from({ length: 40 }, ask));
    return [...versions];
  }

  it.each(['promote', 'back'])('A/B: only the header sees the new version, then %s', async (ending) => {
    const load = await startLoad(host.url, 100);
    host.writeCompose({ VERSION: 'new' });
    let seen: readonly (readonly string[])[] = [];
    const strategy = Object.fromEntries([
      ...Object.entries({
        type: 'ab',
        header: 'X-Variant',
        value: 'b',
        for: '1s',
        map: `${host.folder}/ab.map`,
      }),
      ['then', ending],
    ]);

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: JSON.stringify(strategy), settings: untilMeasured() },
      http: createHttp(),
      onLine: (line) => {
        if (!line.startsWith('done route')) return;
        measured = Promise.all(['b', 'c'].map(versionsFor)).then((versions) => {
          seen = versions;
        });
      },
    });

    const stays = ending === 'promote';
    expect((await load.stop()).failures).toEqual([]);
    expect(seen).toEqual([['new'], ['old']]);
    expect(result.outputs).toMatchObject({ outcome: stays ? 'deployed' : 'unchanged', instances: '3' });
    expect(result.outputs['digest']).toBe(images[stays ? 1 : 0]?.digest);
    expect(await versionsFor('b')).toEqual([stays ? 'new' : 'old']);
    expect(running()).toHaveLength(3);
  });

  it('A/B: a version that fails those who see it goes, and nobody is led to it any more', async () => {
    host.writeCompose({ VERSION: 'bad', LIES: '1' });
    const strategy = { type: 'ab', header: 'X-Variant', value: 'b', for: '1m', map: `${host.folder}/ab.map` };

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: JSON.stringify(strategy) },
      onLine: (line) => {
        if (line.startsWith('done route')) void versionsFor('b').catch(() => undefined);
      },
    });

    expect(result).toMatchObject({ failure: { code: 'errors-in-traffic' } });
    expect(result.outputs).toMatchObject({ outcome: 'undone', instances: '3' });
    expect(await versionsFor('b')).toEqual(['old']);
  });

  it('A/B: a proxy without the map is found out before anything is touched', async () => {
    const before = running();
    host.writeCompose({ VERSION: 'new' });
    const strategy = { type: 'ab', header: 'X-Variant', value: 'b', for: '1m', map: '/etc/haproxy/none.map' };

    await expect(
      deploy(host, reference(1), { inputs: { instances: '3', strategy: JSON.stringify(strategy) } }),
    ).rejects.toMatchObject({ code: 'proxy-refused', hint: expect.stringContaining('lines for A/B') });

    expect(running().toSorted()).toEqual(before.toSorted());
  });

  it('is refused before anything is changed when the proxy has no room for a second set', async () => {
    const before = running();
    host.writeCompose({ VERSION: 'new' });

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '6', strategy: blueGreen('1s') },
    });

    expect(result.failure?.code).toBe('no-free-slot');
    expect(running().toSorted()).toEqual(before.toSorted());
    expect(await share(80)).toBe(0);
  });

  it('a canary that answers with errors is taken back while most customers never saw it', async () => {
    const load = await startLoad(host.url, 300);
    host.writeCompose({ VERSION: 'bad', LIES: '1' });

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: canary('10% for 30s, 50% for 30s') },
    });

    const { requests, failed } = await load.stop();
    expect(result).toMatchObject({ failure: { code: 'errors-in-traffic' } });
    expect(result.outputs).toMatchObject({ outcome: 'undone', instances: '3' });
    expect(failed / requests).toBeLessThan(0.12);
    expect(running()).toHaveLength(3);
  });

  it('blue and green: no request finds a mixture, none is lost, and the former set stays ready for a while', async () => {
    const load = await startLoad(host.url, 300);
    host.writeCompose({ VERSION: 'new' });
    let warm = 0;

    const { result } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: blueGreen('1s') },
      onLine: (line) => {
        if (line.startsWith('done split')) warm = running().length;
      },
    });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '3' });
    expect(warm).toBe(6);
    expect((await load.stop()).failures).toEqual([]);
    expect(await share(80)).toBe(100);
    expect(running()).toHaveLength(3);
  });

  it('blue and green: a set that fails after the switch gives everything back', async () => {
    host.writeCompose({ VERSION: 'bad', LIES: '1' });
    const load = await startLoad(host.url, 300);

    const { result, core } = await deploy(host, reference(1), {
      inputs: { instances: '3', strategy: blueGreen('30s') },
    });

    await load.stop();
    expect(result.outputs).toMatchObject({ outcome: 'undone', instances: '3' });
    expect(core.lines.findIndex((line) => line.includes('errors-in-traffic'))).toBeLessThan(
      core.lines.findIndex((line) => line.startsWith('done undo')),
    );
    expect(await share(80)).toBe(0);
    expect(running()).toHaveLength(3);
  });

  it('two at a time: half as many rounds, no request lost', async () => {
    const load = await startLoad(host.url, 300);
    host.writeCompose({ VERSION: 'new' });

    const { result, core } = await deploy(host, reference(1), {
      inputs: { instances: '4', strategy: JSON.stringify({ surge: 2 }) },
    });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '4' });
    expect(core.lines.filter((line) => line.startsWith('done settle'))).toHaveLength(2);
    expect((await load.stop()).failures).toEqual([]);
  });
});
