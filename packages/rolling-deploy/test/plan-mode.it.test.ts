// A plan against a real engine: what it tells of a container is no difference to what the container was made from.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Forecast } from '../src/forecast.js';
import { deploy } from './deploy.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`plan-mode.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-plan-it';

onHost('a plan on a real host', () => {
  let host: TestHost;
  let image: BuiltImage;
  const planned = async (): Promise<Forecast> => {
    const { result } = await deploy(host, image.reference, { inputs: { mode: 'plan' } });
    return JSON.parse(String(result.outputs['plan'])) as Forecast;
  };

  beforeAll(() => {
    image = buildImage('planned');
  });
  beforeEach(async () => {
    host = await startHost(application);
    mkdirSync(join(host.folder, 'data'));
  });
  afterEach(() => host.close());
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  it('sees nothing in a service of many keys, and then exactly what was changed', async () => {
    const check = 'test: [CMD, node, -e, "process.exit(0)"], interval: 1s';
    const keys = (limit: string): readonly string[] => [
      '    command: [node, /app/server.mjs]',
      `    healthcheck: {${check}}`,
      `    volumes: ["${join(host.folder, 'data')}:/data:ro"]`,
      '    tmpfs: [/scratch]',
      `    mem_limit: ${limit}`,
      '    cpus: 0.5',
      '    cap_drop: [NET_RAW]',
      '    security_opt: ["no-new-privileges:true"]',
      '    stop_grace_period: 3s',
      '    restart: always',
    ];
    const settings = (size: string): readonly string[] => [
      '    hostname: planned',
      `    logging: {driver: json-file, options: {max-size: ${size}}}`,
      '    ulimits: {nofile: {soft: 2048, hard: 4096}}',
      '    pids_limit: 200',
      '    shm_size: 32m',
      '    mem_reservation: 64m',
      '    memswap_limit: 600m',
      '    cpu_shares: 512',
      '    cpuset: "0"',
      '    extra_hosts: ["db.example:10.0.0.5"]',
      '    dns: [10.0.0.53]',
      '    dns_search: [example.com]',
      '    dns_opt: ["ndots:2"]',
      '    group_add: ["1234"]',
      '    sysctls: {net.core.somaxconn: 512}',
    ];
    host.writeCompose({ VERSION: 'one' }, keys('256m'));
    expect((await deploy(host, image.reference)).result.failure?.message).toBeUndefined();
    const before = host.containers();

    expect(await planned()).toMatchObject({ changes: false, differences: [], stages: [] });

    host.writeCompose({ VERSION: 'two' }, keys('512m'));
    const plan = await planned();
    expect(plan.changes).toBe(true);
    expect(plan.differences.map(({ what }) => what)).toEqual(['environment VERSION', 'memory']);
    expect(host.containers()).toEqual(before);

    host.writeCompose({ VERSION: 'one' }, [...keys('256m'), ...settings('1m')]);
    expect((await planned()).differences).toHaveLength(15);
    expect((await deploy(host, image.reference)).result.failure?.message).toBeUndefined();
    expect(await planned()).toMatchObject({ changes: false, differences: [], stages: [] });

    host.writeCompose({ VERSION: 'one' }, [...keys('256m'), ...settings('2m')]);
    expect((await planned()).differences).toEqual([
      {
        what: 'logging',
        from: '{"Config":{"max-size":"1m"},"Type":"json-file"}',
        to: '{"Config":{"max-size":"2m"},"Type":"json-file"}',
      },
    ]);
  });
});
