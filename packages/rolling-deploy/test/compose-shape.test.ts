// Keys of a compose file that say what a service stands beside: ports, networks, configs, secrets, others, how many.
import { describe, expect, it } from '@jest/globals';
import { type ComposeRequest, readService } from '../src/compose.js';
import type { ServiceDefinition } from '../src/service.js';

const tops = `
volumes: { data: {}, odd: { driver: nfs } }
networks:
  front: { name: edge, external: true }
  back: {}
  wide: { driver: overlay }
configs:
  app: { file: app.conf }
  flags: { content: "on" }
  level: { environment: LEVEL }
  gone: { file: gone.conf }
  far: { external: true }
secrets:
  token: { environment: TOKEN }
  key: { file: key.bin }
`;

function read(line: string, more: Partial<ComposeRequest> = {}): Promise<ServiceDefinition> {
  return readService({
    name: 'compose.yaml',
    text: `services:\n  web:\n    ${line}\n${tops}`,
    service: 'web',
    project: 'shop',
    vars: new Map([['LEVEL', 'high']]),
    secrets: new Map([['TOKEN', 'very secret value']]),
    readFile: (path) =>
      Promise.resolve({ 'app.conf': 'a = 1', 'key.bin': Buffer.from([0, 255, 13, 10]) }[path] ?? null),
    gap: 'allowed',
    ...more,
  });
}

describe('ports and a container’s name', () => {
  it.each([
    ['"8080:80"', { address: '', published: 8080, target: 80, protocol: 'tcp' }],
    ['"127.0.0.1:8080:80/udp"', { address: '127.0.0.1', published: 8080, target: 80, protocol: 'udp' }],
    ['"[::1]:8080:80"', { address: '::1', published: 8080, target: 80, protocol: 'tcp' }],
    [
      '{target: 80, published: "8080", host_ip: 10.0.0.1, mode: host}',
      { address: '10.0.0.1', published: 8080, target: 80, protocol: 'tcp' },
    ],
  ])('%s are read when a gap is allowed', async (port, read_) => {
    expect((await read(`ports: [${port}]`)).ports).toEqual([read_]);
  });

  it('are left out of a preview, which may have any', async () => {
    const service = await read('container_name: web', { isPreview: true, gap: 'refused' });
    expect([service.containerName, service.ports]).toEqual([null, []]);
  });

  it.each([
    ['ports: ["80"]', 'unsupported-compose', 'binds no single port'],
    ['ports: ["3000-3005:3000-3005"]', 'unsupported-compose', 'binds no single port'],
    ['ports: ["70000:80"]', 'unsupported-compose', '"70000"'],
    ['ports: [{target: 80}]', 'unsupported-compose', '""'],
    ['ports: [{target: 80, published: 81, x: 1}]', 'unsupported-compose', 'x is not supported'],
    ['ports: ["80:80", "80:81"]', 'invalid-compose', 'a second time'],
    ['container_name: "a b"', 'invalid-compose', 'is "a b"'],
  ])('%s is refused as %s', async (line, code, message) => {
    await expect(read(line)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('networks', () => {
  it('are the project’s and external ones, the service by its name and its aliases in each', async () => {
    expect((await read('networks: {back: {aliases: [shop, web]}, front: }')).networks).toEqual([
      { key: 'back', name: 'shop_back', external: false, aliases: ['web', 'shop'] },
      { key: 'front', name: 'edge', external: true, aliases: ['web'] },
    ]);
  });

  it.each([
    ['networks: {back: {ipv4_address: 10.0.0.9}}', 'ipv4_address is not supported'],
    ['networks: [wide]', 'driver is not supported'],
    ['volumes: [odd:/data]', 'driver is not supported'],
  ])('%s is refused', async (line, message) => {
    await expect(read(line)).rejects.toMatchObject({
      code: 'unsupported-compose',
      message: expect.stringContaining(message),
    });
  });

  it('of a preview are its own alone', async () => {
    await expect(read('networks: [front]', { isPreview: true })).rejects.toMatchObject({
      code: 'unsupported-compose',
    });
  });
});

describe('configs and secrets', () => {
  const text = (content: string): string => Buffer.from(content, 'base64').toString('latin1');

  it('are files at their usual places, read-only for all', async () => {
    const { files, fileSecrets } = await read('configs: [app, flags, level]\n    secrets: [token, key]');
    expect(files.map(({ target, content }) => [target, text(content)])).toEqual([
      ['/app', 'a = 1'],
      ['/flags', 'on'],
      ['/level', 'high'],
      ['/run/secrets/token', 'very secret value'],
      ['/run/secrets/key', '\0\u00ff\r\n'],
    ]);
    expect(files.every(({ uid, gid, mode }) => uid === 0 && gid === 0 && mode === 0o444)).toBe(true);
    expect(fileSecrets).toEqual(['TOKEN']);
  });

  it('may have a place, an owner and a mode of their own', async () => {
    const line =
      'configs: [{source: app, target: /etc/app/a.conf, uid: "1000", gid: 5, mode: 0440}]\n    secrets: [{source: key, target: tls.key}]';
    const { files } = await read(line);
    expect(files).toMatchObject([
      { target: '/etc/app/a.conf', uid: 1000, gid: 5, mode: 0o440 },
      { target: '/run/secrets/tls.key', mode: 0o444 },
    ]);
  });

  it.each([
    ['configs: [other]', 'invalid-compose', 'other is not declared'],
    ['configs: [gone]', 'invalid-compose', 'gone.conf was not found'],
    ['configs: [far]', 'unsupported-compose', 'external is not supported'],
    ['configs: [{source: app, target: ../etc/passwd}]', 'invalid-compose', 'has the target'],
    ['configs: [{source: app, target: /}]', 'invalid-compose', 'has the target'],
    ['configs: [{source: app, mode: 0999}]', 'invalid-compose', 'is "999"'],
    ['configs: [{source: app, mode: 04755}]', 'invalid-compose', 'is "4755"'],
    ['configs: [{source: app, uid: root}]', 'invalid-compose', 'is "root"'],
    ['configs: [app, {source: flags, target: /app}]', 'invalid-compose', 'two files at /app'],
    ['tmpfs: /run\n    secrets: [token]', 'unsupported-compose', 'a mount would hide it'],
    ['volumes: [data:/app]\n    configs: [app]', 'unsupported-compose', 'a mount would hide it'],
    ['read_only: true\n    configs: [app]', 'unsupported-compose', 'copied into the container'],
  ])('%j is refused as %s', async (line, code, message) => {
    await expect(read(line)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('others and their number', () => {
  it('needs are read with their conditions', async () => {
    const line =
      'depends_on: {db: {condition: service_healthy}, seed: {condition: service_completed_successfully, required: false}}';
    expect((await read(line)).needs).toEqual([
      { service: 'db', until: 'healthy', required: true },
      { service: 'seed', until: 'ended', required: false },
    ]);
  });

  it.each([
    ['scale: 3', 3],
    ['deploy: {replicas: 4}', 4],
    ['scale: 2\n    deploy: {replicas: 2}', 2],
    ['image: x', null],
  ])('%j is %j instances', async (line, scale) => expect((await read(line)).scale).toBe(scale));

  it.each([
    ['scale: 2\n    deploy: {replicas: 3}', /differs/],
    ['scale: 0', /is 0/],
    ['scale: 1.5', /is 1.5/],
    ['deploy: {placement: {}}', /placement is not supported/],
  ])('%j is refused', async (line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });
});
