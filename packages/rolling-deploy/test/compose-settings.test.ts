// Keys of a compose file that the engine is told as they stand, limits of resources, and what holds files.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readService } from '../src/compose.js';
import { type Reach, revisionOf, serviceBody } from '../src/container.js';
import type { ServiceDefinition } from '../src/service.js';

function read(...lines: readonly string[]): Promise<ServiceDefinition> {
  return readService({
    name: 'compose.yaml',
    text: ['services:', '  web:', ...lines.map((line) => `    ${line}`), 'volumes: {data: {}}'].join('\n'),
    service: 'web',
    project: 'shop',
    vars: new Map([['FILES', '4096']]),
    readFile: () => Promise.resolve(null),
  });
}

interface Body {
  readonly Hostname?: string;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

async function bodyOf(...lines: readonly string[]): Promise<Body> {
  const use = { image: 'shop', secrets: new Map<string, string>(), labels: {}, binding: null };
  return serviceBody(await read(...lines), use) as unknown as Body;
}

describe('what the engine is told as it stands', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    [
      'logging: {options: {max-size: 10m}}',
      { LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } } },
    ],
    [
      'logging: {driver: local, options: {max-file: 3}}',
      { LogConfig: { Type: 'local', Config: { 'max-file': '3' } } },
    ],
    [
      `ulimits: {nofile: {soft: "\${FILES}", hard: 8192}, nproc: -1}`,
      {
        Ulimits: [
          { Name: 'nofile', Soft: 4_096, Hard: 8_192 },
          { Name: 'nproc', Soft: -1, Hard: -1 },
        ],
      },
    ],
    [
      'extra_hosts: ["db:10.0.0.5", "gate=host-gateway"]',
      { ExtraHosts: ['db:10.0.0.5', 'gate:host-gateway'] },
    ],
    [
      'extra_hosts: {db: [10.0.0.5, "[::1]"], gate: host-gateway}',
      { ExtraHosts: ['db:10.0.0.5', 'db:::1', 'gate:host-gateway'] },
    ],
    ['shm_size: 256m', { ShmSize: 256 * 1024 ** 2 }],
    ['pids_limit: 100', { PidsLimit: 100 }],
    ['mem_reservation: 64m', { MemoryReservation: 64 * 1024 ** 2 }],
    ['memswap_limit: -1', { MemorySwap: -1 }],
    ['cpu_shares: 512', { CpuShares: 512 }],
    ['cpuset: 0-1', { CpusetCpus: '0-1' }],
    ['dns: 10.0.0.53', { Dns: ['10.0.0.53'] }],
    ['dns_search: [example.com]', { DnsSearch: ['example.com'] }],
    ['dns_opt: ["ndots:2"]', { DnsOptions: ['ndots:2'] }],
    ['group_add: ["1001", audio]', { GroupAdd: ['1001', 'audio'] }],
    ['sysctls: {net.core.somaxconn: 1024}', { Sysctls: { 'net.core.somaxconn': '1024' } }],
    ['sysctls: [net.core.somaxconn=1024]', { Sysctls: { 'net.core.somaxconn': '1024' } }],
  ])('%s', async (line, expected) => {
    expect((await bodyOf(line)).HostConfig).toMatchObject(expected);
  });

  it('is the name of the container’s machine too', async () => {
    expect(await bodyOf('hostname: shop-1')).toMatchObject({ Hostname: 'shop-1' });
  });

  it('takes nothing from what the deployment decides', async () => {
    const plain = await bodyOf('image: x');
    const { ExtraHosts: _, ShmSize: __, ...others } = (await bodyOf('shm_size: 1m')).HostConfig;

    expect(others).toEqual(plain.HostConfig);
  });

  it.each([
    ['logging: {drivers: local}', 'services.web.logging.drivers is not supported'],
    ['ulimits: {nofile: {soft: 1, top: 2}}', 'services.web.ulimits.nofile.top is not supported'],
    ['ulimits: {nofile: many}', 'services.web.ulimits.nofile is many'],
    ['pids_limit: 1.5', 'services.web.pids_limit is 1.5'],
    ['extra_hosts: [db]', 'services.web.extra_hosts.0 is not NAME:ADDRESS'],
    ['extra_hosts: ["a b:10.0.0.1"]', 'services.web.extra_hosts.0 is not NAME:ADDRESS'],
    ['sysctls: {a: {b: c}}', 'services.web.sysctls.a must be one value'],
  ])('%s is refused with its line', async (line, message) => {
    await expect(read(line)).rejects.toThrow(`compose.yaml:3`);
    await expect(read(line)).rejects.toThrow(message);
  });

  it('is refused or read whatever a host’s line is, and never gives the engine a space', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (line) => {
        const service = await read(`extra_hosts: [${JSON.stringify(line.replaceAll('$', ''))}]`).catch(
          () => null,
        );
        return service === null || !/\s/.test(service.settings?.extraHosts.join('') ?? '');
      }),
    );
  });
});

describe('a version', () => {
  const named = async (...lines: readonly string[]): Promise<string> =>
    revisionOf({
      service: await read(...lines),
      digest: 'sha256:0',
      secrets: new Map(),
      containerPort: 3_000,
      reach: 'port' as Reach,
      salt: 'salt',
      forcedBy: '',
    });

  it('is another one with each of these settings, and the same one without any', async () => {
    const plain = await named('image: x');

    expect(await named('image: x', 'profiles: [web]')).toBe(plain);
    expect(await named('image: x', 'healthcheck: {test: "true"}')).not.toBe(plain);
    expect(await named('image: x', 'pids_limit: 9')).not.toBe(plain);
    expect(await named('image: x', 'hostname: a')).not.toBe(await named('image: x', 'hostname: b'));
  });

  // Measured before these keys were known: an update of the action is no deployment.
  it('of a file without these keys has the name it always had', async () => {
    expect(await named('image: x', 'healthcheck: {test: "true", interval: 2s}', 'mem_limit: 64m')).toBe(
      '3560a9f0b378b967',
    );
  });
});

describe('limits', () => {
  it.each([
    [
      ['mem_limit: 64m', 'cpus: 0.5'],
      [67_108_864, 5e8],
    ],
    [['deploy: {resources: {limits: {memory: 64m, cpus: "0.5"}}}'], [67_108_864, 5e8]],
    [
      ['mem_limit: 64m', 'deploy: {resources: {limits: {memory: 65536k}}, replicas: 2}'],
      [67_108_864, 0],
    ],
    [['deploy: {resources: {}}'], [0, 0]],
  ])('%j', async (lines, expected) => {
    const { memory, nanoCpus } = await read(...lines);
    expect([memory, nanoCpus]).toEqual(expected);
  });

  it.each([
    [
      'mem_limit: 1m',
      'deploy: {resources: {limits: {memory: 2m}}}',
      'differs from deploy.resources.limits.memory',
    ],
    ['cpus: 1', 'deploy: {resources: {limits: {cpus: 2}}}', 'differs from deploy.resources.limits.cpus'],
    ['image: x', 'deploy: {resources: {reservations: {memory: 1m}}}', 'reservations is not supported'],
    ['image: x', 'deploy: {resources: {limits: {pids: 1}}}', 'pids is not supported'],
    ['image: x', 'deploy: {update_config: {parallelism: 1}}', 'update_config is not supported'],
  ])('%s with %s is refused', async (one, other, message) => {
    await expect(read(one, other)).rejects.toThrow(message);
  });
});

describe('the long form of a volume', () => {
  it.each([
    ['{type: volume, source: data, target: /data}', 'data:/data'],
    ['{type: volume, source: data, target: /data, read_only: true}', 'data:/data:ro'],
    ['{type: bind, source: /srv, target: /srv}', '/srv:/srv'],
  ])('%s is as %s', async (long, short) => {
    expect(await read(`volumes: [${long}]`)).toEqual(await read(`volumes: ["${short}"]`));
  });

  it.each([
    ['{type: tmpfs, target: /tmp}', 'has type tmpfs'],
    ['{type: bind, source: ./data, target: /data}', './data is relative'],
    ['{type: volume, source: data, target: data}', 'has no absolute target'],
    ['{type: volume, target: /data}', 'has no source'],
    ['{type: volume, source: other, target: /data}', 'volume other is not declared'],
    ['{type: volume, source: data, target: /data, volume: {nocopy: true}}', 'volume is not supported yet'],
    ['{type: volume, source: data, target: /data, read_only: maybe}', 'true or false was expected'],
  ])('%s is refused', async (item, message) => {
    await expect(read(`volumes: [${item}]`)).rejects.toThrow(message);
  });
});
