// Instances at addresses of their own, against doubles: the network, the addresses in it, and what a proxy must be able to keep.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { proxyNetwork } from '../src/proxy-network.js';
import { type DeployOptions, deploy, type FinishedDeploy, quickTimes } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const three = `registry.example:5000/shop@sha256:${'3'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;

describe('instances that are reached at an address', () => {
  let host: DoubleHost;
  const run = (image: string, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, image, {
      ...options,
      inputs: {
        engine: host.engineSocket,
        reach: 'address',
        ...quickTimes,
        ...options.inputs,
      },
    });
  const serving = (): readonly string[] =>
    [...host.slots.values()].flatMap(({ address, port, state }) =>
      state === 'ready' ? [`${address}:${port}`] : [],
    );
  const addresses = (): readonly (string | null)[] =>
    host.containers.map(({ id }) => host.networks.addressOf(id));

  beforeEach(async () => {
    host = await startDoubleHost(6);
    host.writeCompose('services: {web: {image: shop}}');
  });
  afterEach(() => host.close());

  it('have a fixed one in a network without a way out, whose range the engine chose, and no port of the host', async () => {
    const { result } = await run(one, { inputs: { instances: '2' } });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
    const [network, ...others] = host.networks.made.values();
    expect(others).toEqual([]);
    expect(network).toMatchObject({
      Name: proxyNetwork,
      Internal: true,
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      IPAM: { Config: [{ Subnet: '127.77.0.0/29' }] },
    });
    expect(host.containers.map(({ body }) => body.HostConfig.PortBindings)).toEqual([{}, {}]);
    expect(new Set(addresses()).size).toBe(2);
    expect(serving().toSorted()).toEqual(
      addresses()
        .map((address) => `${address}:3000`)
        .toSorted(),
    );
  });

  it('replace those that are reached by a port, and the other way round; the same again changes nothing', async () => {
    await run(one, { inputs: { reach: 'port' } });
    expect(serving()).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);

    expect((await run(one)).result.outputs).toMatchObject({ outcome: 'deployed' });
    expect(serving()).toEqual([expect.stringMatching(/^127\.77\.0\.\d:3000$/)]);
    expect((await run(one)).result.outputs).toMatchObject({ outcome: 'unchanged' });

    expect((await run(one, { inputs: { reach: 'port' } })).result.outputs).toMatchObject({
      outcome: 'deployed',
    });
    expect(serving()).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  it('never have one that a stopped instance is to come back at', async () => {
    for (const image of [one, two, three]) await run(image, { inputs: { 'keep-releases': '2' } });

    expect(host.containers).toHaveLength(3);
    expect(new Set(addresses()).size).toBe(3);
  });

  it('are refused with a cure when the network is full, and nothing that serves is touched', async () => {
    await run(one, { inputs: { instances: '2' } });
    const before = serving();

    const { result } = await run(two, { inputs: { instances: '4' } });

    expect(result.failure).toMatchObject({ code: 'engine-refused' });
    expect(String(result.failure?.message)).toContain('127.77.0.0/29) has no free address');
    expect(serving()).toEqual(before);
  });

  it.each([
    ['somebody has theirs', 'Address already in use'],
    ['the network was tidied away in between', 'network headgate-proxy not found'],
  ])('are started at another one when %s', async (_, words) => {
    host.portsTaken = 2;
    host.takenWords = words;

    const { result } = await run(one);

    expect(result.outputs['outcome']).toBe('deployed');
    expect(host.containers).toHaveLength(1);
  });

  it('wait for no other run that makes the network in the same moment, and leave no trial behind', async () => {
    const message = 'Pool overlaps with other one on this address space';
    host.networks.refusals.push({ status: 403, json: { message } });

    const { result } = await run(one);

    expect(result.outputs['outcome']).toBe('deployed');
    expect([...host.networks.made.keys()]).toEqual([proxyNetwork]);
  });

  it('need a proxy that keeps addresses where it keeps its state, and nothing is begun without', async () => {
    Object.assign(host.stateFile, { path: `${host.folder}/web.state`, isNamed: false });

    const refusal = { code: 'proxy-refused', hint: expect.stringContaining('headgate proxy') };
    await expect(run(one)).rejects.toMatchObject(refusal);
    await expect(run(one, { inputs: { mode: 'plan' } })).rejects.toMatchObject(refusal);
    expect(host.containers).toEqual([]);

    host.stateFile.isNamed = true;
    expect((await run(one)).result.outputs['outcome']).toBe('deployed');
  });

  it('leave no slot that leads to one of them that is gone, and nobody else’s is touched', async () => {
    await run(one);
    const [own = ''] = serving();
    const [free, foreign] = [...host.slots.values()].filter(({ state }) => state === 'maint');
    Object.assign(free ?? {}, { address: '127.77.0.6', port: 3000, state: 'ready' });
    Object.assign(foreign ?? {}, { address: '192.0.2.7', port: 3000, state: 'ready' });

    const { core } = await run(one);

    expect(new Set(serving())).toEqual(new Set([own, '192.0.2.7:3000']));
    expect(core.annotations.map(({ message }) => message).join('\n')).toContain(
      'leads to 127.77.0.6:3000, where nothing of this service runs',
    );
  });

  it('are no sense without a port', async () => {
    await expect(run(one, { inputs: { port: '' } })).rejects.toMatchObject({ input: 'reach' });
  });
});
