// Going back to what the host keeps, with the registry away; how much it keeps; and an undo that fails.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Container } from '../src/engine-answers.js';
import { labelNames } from '../src/identity.js';
import { planCleanUp } from '../src/plan.js';
import { findRelease, releasesOf } from '../src/releases.js';
import type { Instance } from '../src/target.js';
import { type DeployOptions, deploy, type FinishedDeploy, finish, quickTimes } from './deploy.js';
import { type DoubleHost, type FakeContainer, startDoubleHost } from './doubles.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const image = (digit: string): string => `registry.example:5000/shop@${digest(digit)}`;

describe('going back', () => {
  let host: DoubleHost;
  const run = (to: string, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, to, {
      ...options,
      inputs: {
        engine: host.engineSocket,
        ...quickTimes,
        'keep-releases': '2',
        ...options.inputs,
      },
    });
  const back = (release: string, inputs: Readonly<Record<string, string>> = {}): Promise<FinishedDeploy> =>
    run('', { inputs: { 'rollback-to': release, ...inputs } });
  const states = (): readonly (readonly [string, string])[] =>
    host.containers.map(({ body, state }) => [body.Image.slice(-1), state] as const);
  const bound = ({ body }: FakeContainer): number =>
    Number(body.HostConfig.PortBindings['3000/tcp']?.[0].HostPort);
  const serving = (): readonly string[] =>
    host.containers
      .filter((container) =>
        [...host.slots.values()].some(({ port, state }) => state === 'ready' && port === bound(container)),
      )
      .map(({ body }) => body.Image.slice(-1));
  /** From now on that release never gets fit. */
  const spoil = (name: string): void => {
    for (const { body } of host.containers.filter(({ body: { Image } }) => Image === image(name)))
      (body.Env as string[]).push('NEVER_HEALTHY=1');
  };
  /** The registry is away: a pull would fail, and no image is known but by its id. */
  const cutOff = (): void => {
    host.pullLines = ['{"error":"no route to host"}'];
    host.images.clear();
  };

  beforeEach(async () => {
    host = await startDoubleHost(6);
    host.writeCompose('services: {web: {image: shop, restart: always, environment: {A: first}}}');
    await run(image('1'));
    host.writeCompose('services: {web: {image: shop, restart: always, environment: {A: second}}}');
    await run(image('2'));
    await run(image('3'));
  });
  afterEach(() => host.close());

  it('is possible to as many releases as are kept', async () => {
    expect(states()).toEqual([
      ['1', 'exited'],
      ['2', 'exited'],
      ['3', 'running'],
    ]);
    await run(image('4'));
    expect(states().map(([name]) => name)).toEqual(['2', '3', '4']);
  });

  it.each([
    ['previous', '2'],
    [digest('1'), '1'],
    [digest('1').slice(0, 30), '1'],
  ])('to %s starts its containers again, with the registry away', async (release, name) => {
    cutOff();
    const before = host.engine.requests.length;

    const { result } = await back(release);

    expect(result.outputs).toMatchObject({
      outcome: 'deployed',
      digest: digest(name),
      replaced: digest('3'),
    });
    expect(serving()).toEqual([name]);
    expect(
      states()
        .filter(([, state]) => state === 'exited')
        .map(([other]) => other),
    ).toHaveLength(2);
    const asked = host.engine.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(asked.filter((call) => /images\/create|containers\/create|compose/.test(call))).toEqual([]);
  });

  it('gives back the restart policy, and once more is the way forward again', async () => {
    await back('previous');
    const update = host.engine.requests.findLast(({ body }) => body.includes('"always"'));
    expect(JSON.parse(update?.body ?? '')).toMatchObject({ RestartPolicy: { Name: 'always' } });

    await back('previous');
    expect(serving()).toEqual(['3']);
  });

  it('needs neither compose file nor image, and changes nothing when that release serves', async () => {
    const { result } = await back(digest('3'), { 'compose-file': 'gone.yaml' });

    expect(result.outputs).toMatchObject({ outcome: 'unchanged', digest: digest('3') });
  });

  it('makes another container of the release where the kept ones are too few', async () => {
    cutOff();
    const { result } = await back('previous', { instances: '2' });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
    const both = host.containers.filter(({ body }) => body.Image === image('2'));
    expect(both.map(({ body }) => body.Env)).toEqual([['A=second'], ['A=second']]);
    expect(new Set(both.map(bound)).size).toBe(2);
    expect(serving()).toEqual(['2', '2']);
  });

  it('makes another container where somebody else has the kept one’s port', async () => {
    host.portsTaken = 1;

    const { result } = await back('previous');

    expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: digest('2') });
    expect(serving()).toEqual(['2']);
    expect(host.containers.filter(({ body }) => body.Image === image('2'))).toHaveLength(1);
  });

  it('keeps the containers of a release that could not take over', async () => {
    spoil('2');

    const { result } = await back('previous');

    expect(result).toMatchObject({ failure: { code: 'never-healthy' }, outputs: { outcome: 'undone' } });
    expect(serving()).toEqual(['3']);
    expect(states()).toContainEqual(['2', 'exited']);
  });

  it('keeps them when it is cut off, and the post step or the next run puts things right', async () => {
    for (const repair of ['post step', 'next run']) {
      const controller = new AbortController();
      const cut = await run('', {
        signal: controller.signal,
        inputs: { 'rollback-to': 'previous' },
        onLine: (line) => {
          if (line.startsWith('done start')) controller.abort();
        },
      });
      expect(cut.result.failure?.code).toBe('cancelled');
      if (repair === 'post step')
        await finish(host, cut.core, { inputs: { engine: host.engineSocket, 'rollback-to': 'previous' } });
      else await run(image('3'));

      expect(serving()).toEqual(['3']);
      expect(states()).toEqual([
        ['1', 'exited'],
        ['2', 'exited'],
        ['3', 'running'],
      ]);
    }
  });

  it.each(['1.2.0', digest('9')])('to %s is refused with what the host keeps', async (release) => {
    await expect(back(release)).rejects.toMatchObject({
      code: 'no-such-release',
      message: expect.stringMatching(/sha256:3{12} \(serves\)/),
      outputs: { outcome: 'failed' },
    });
  });

  it.each([
    [{ 'rollback-to': '../etc' }, 'rollback-to: previous, a version'],
    [{ 'rollback-to': 'previous', subject: digest('1') }, 'rollback-to: it was given with a subject'],
    [{ 'keep-releases': '0' }, 'keep-releases'],
  ])('is refused for %j before the host is asked', async (inputs, problem) => {
    const before = host.engine.requests.length;

    const outcome = Promise.resolve().then(() => run(image('1'), { inputs }));

    await expect(outcome).rejects.toMatchObject({ message: expect.stringContaining(problem) });
    expect(host.engine.requests).toHaveLength(before);
  });

  it('says what serves when the undo of a way back fails', async () => {
    const current = host.containers.find(({ body }) => body.Image === image('3'));
    spoil('2');

    const { result } = await run('', {
      inputs: { 'rollback-to': 'previous' },
      onLine: (line) => {
        // The version to come back to dies meanwhile.
        if (line.startsWith('failed healthy')) current?.server?.close().closeAllConnections();
      },
    });

    expect(result.failure).toMatchObject({
      code: 'undo-failed',
      message: expect.stringMatching(/0 of 1 former instances .*sha256:3{64} \(1 instance\) serves now/),
    });
    expect(result.outputs).toMatchObject({ outcome: 'failed', digest: digest('3'), instances: '1' });
  });
});

describe('the releases a host keeps', () => {
  const container = (revision: string, version: string, running: boolean, endedAt: number): Container =>
    ({
      labels: new Map([
        [labelNames.revision, revision],
        [labelNames.version, version],
        [labelNames.digest, digest(revision)],
      ]),
      image: image(revision),
      running,
      endedAt,
    }) as unknown as Container;
  const kept = [
    container('1', '1.0.0', false, 10),
    container('1', '1.0.0', false, 11),
    container('2', '1.1.0', false, 30),
    container('3', '1.2.0', true, 40),
    container('4', '', false, 20),
  ];

  it.each([
    ['previous', '2'],
    ['1.0.0', '1'],
    ['v1.0.0', '1'],
    ['1.2.0', '3'],
    [digest('4'), '4'],
  ])('%s is revision %s', (asked, revision) => {
    expect(findRelease(releasesOf(kept), asked).revision).toBe(revision);
  });

  const instance = (revision: string, startedAt: number): Instance =>
    ({ id: `${revision}${startedAt}`, revision, startedAt }) as Instance;

  it('go but for those that served last, and those just replaced stay', () => {
    const stopped = ['1', '2', '3', '4'].map((revision, index) => instance(revision, index));
    const wanted = { revision: '4', instances: 1 };
    const retired = stopped.slice(0, 1);
    const left = (keepReleases: number): readonly string[] =>
      planCleanUp(stopped, { retired, wanted, keepReleases }).map(({ revision }) => revision);

    expect(left(1)).toEqual(['2', '3', '4']);
    expect(left(2)).toEqual(['2', '4']);
    expect(left(9)).toEqual(['4']);
  });

  it('are never more than asked for, whatever was there', () => {
    const stopped = fc.uniqueArray(
      fc.tuple(fc.constantFrom('1', '2', '3', '4', '5'), fc.integer({ min: 0, max: 50 })),
      { selector: ([, at]) => at },
    );
    fc.assert(
      fc.property(stopped, fc.integer({ min: 1, max: 4 }), (pairs, keepReleases) => {
        const all = pairs.map(([revision, at]) => instance(revision, at));
        const wanted = { revision: '5', instances: 1 };
        const gone = planCleanUp(all, { retired: [], wanted, keepReleases });
        const left = new Set(all.filter((one) => !gone.includes(one)).map(({ revision }) => revision));

        expect(left.size).toBeLessThanOrEqual(keepReleases);
        expect(left.has('5')).toBe(false);
      }),
    );
  });
});
