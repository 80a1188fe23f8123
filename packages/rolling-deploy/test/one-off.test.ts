// What a one-off container is made from: the service's surroundings, and nothing that would make it an instance.
import { describe, expect, it } from '@jest/globals';
import { readService } from '../src/compose.js';
import { type Identity, identityLabels } from '../src/identity.js';
import { type OneOff, oneOffBody } from '../src/one-off.js';

const digest = `sha256:${'1'.repeat(64)}`;
const image = { reference: `registry.example/shop@${digest}`, digest, registry: 'registry.example' };
const identity: Identity = {
  application: 'shop',
  environment: 'staging',
  target: 'host-1',
  service: 'web',
  proxy: '/run/proxy.sock#web',
};
const smoke: OneOff = {
  kind: 'test',
  name: 'smoke',
  image: image.reference,
  command: ['node', 'smoke.js'],
  environment: new Map([['A', 'test']]),
  deadlineMs: 1000,
};
const service = await readService({
  name: 'compose.yaml',
  text: `
services:
  web:
    command: [node, server.js]
    environment: { A: service, B: service, TOKEN: service }
    restart: always
    healthcheck: { test: [CMD, "true"] }
    volumes: [/srv/data:/data]
    mem_limit: 64m
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    extra_hosts: ["db:10.0.0.9"]
    logging: { driver: none }
`,
  service: 'web',
  project: 'shop',
  vars: new Map(),
  readFile: () => Promise.resolve(null),
});

type Body = Readonly<Record<string, unknown>> & {
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
};
function bodyOf(test: OneOff): Body {
  const secrets = new Map([['TOKEN', 'very secret value']]);
  return oneOffBody(
    test,
    { service, secrets, identity, run: 'acme/shop#7.1' },
    {
      hosts: ['web:10.0.0.2', 'web:10.0.0.3'],
      now: Date.parse('2026-01-01T00:00:00Z'),
    },
  ) as Body;
}

describe('the container of a test', () => {
  it('runs the deployed digest with exactly the command, in the service’s network', () => {
    const body = bodyOf(smoke);

    expect(body).toMatchObject({ Image: image.reference, Entrypoint: ['node', 'smoke.js'] });
    expect(body['Cmd']).toEqual([]);
    expect(body.HostConfig).toMatchObject({
      NetworkMode: 'shop_default',
      ExtraHosts: ['db:10.0.0.9', 'web:10.0.0.2', 'web:10.0.0.3'],
      LogConfig: { Type: 'json-file' },
    });
  });

  it('leaves the image’s own start alone without a command', () => {
    expect(bodyOf({ ...smoke, command: [] })['Entrypoint']).toBeUndefined();
  });

  it('has the service’s environment, then its secrets, then the test’s own', () => {
    expect(bodyOf(smoke)['Env']).toEqual(['A=test', 'B=service', 'TOKEN=very secret value']);
  });

  it('is not an instance: no label of one, no alias, no port, no volume, no restart, no health check', () => {
    const { Labels, HostConfig, ...body } = bodyOf(smoke);

    for (const label of Object.keys(identityLabels(identity))) expect(Labels).not.toHaveProperty([label]);
    expect(Labels['com.docker.compose.oneoff']).toBe('True');
    expect(body['NetworkingConfig']).toEqual({});
    expect(body['Healthcheck']).toEqual({ Test: ['NONE'] });
    expect(HostConfig['RestartPolicy']).toEqual({ Name: 'no', MaximumRetryCount: 0 });
    expect([HostConfig['PortBindings'], HostConfig['Mounts'], HostConfig['CapAdd']]).toEqual([{}, [], []]);
  });

  it('keeps the service’s limits', () => {
    expect(bodyOf(smoke).HostConfig).toMatchObject({
      Memory: 64 * 1024 * 1024,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
    });
  });
});

describe('the container of a task', () => {
  const task: OneOff = { ...smoke, kind: 'task', name: 'migrate' };

  it('has the service’s volumes and capabilities too, and still nothing of an instance', () => {
    const { Labels, HostConfig, ...body } = bodyOf(task);

    expect(HostConfig['Mounts']).toMatchObject([{ Source: '/srv/data', Target: '/data' }]);
    expect(HostConfig['CapAdd']).toEqual(['NET_ADMIN']);
    expect(HostConfig['PortBindings']).toEqual({});
    expect([body['NetworkingConfig'], body['ExposedPorts'], body['Cmd']]).toEqual([{}, {}, []]);
    for (const label of Object.keys(identityLabels(identity))) expect(Labels).not.toHaveProperty([label]);
  });

  it('says until when a run may be waiting for it', () => {
    expect(bodyOf(task).Labels['io.headgate.task-expires']).toBe('2026-01-01T01:00:01.000Z');
    expect(bodyOf(smoke).Labels).not.toHaveProperty(['io.headgate.task-expires']);
  });
});
