// Which variables lead to the real parts.

import { readConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { readSigningKey } from '@headgate/kit/signature/signing-key';
import { readVerifyKeys } from '@headgate/kit/signature/verify-key';
import { describe, expect, it } from '@jest/globals';
import { roleVariables } from '../../src/story/role-variables.js';
import { rolesOf } from '../../src/story/roles.js';
import { makeSigningPair } from '../../src/story/signing-pair.js';

const parts = {
  registry: '127.0.0.1:5000',
  registryUsername: 'rehearsal',
  engine: 'unix:///tmp/docker.sock',
  mail: { host: '127.0.0.1', port: 2525 },
  stateDirectory: '/tmp/states',
  publicKey: 'a public key',
  mapOf: (variable: string) => `/tmp/${variable}.map`,
  socketOf: (proxy: string) => `/tmp/${proxy}.sock`,
  urlOf: ({ proxy, backend }: { proxy: string; backend: string }) => `http://${proxy}/${backend}`,
};

function configuration(registry: string, target: string): Configuration {
  const text = `application: shop
registry: ${registry}
images: {shop: {}}
environments:
  test:
    branch: development
    url: {var: TEST_URL}
    targets:
      web: {compose: compose.yaml, service: web, image: shop, port: 80, ${target}}
`;
  return readConfiguration(text, 'headgate.yml', { exists: () => true, read: () => null }).configuration;
}

describe('roles', () => {
  it('fill exactly the variables that stand where a real part goes', () => {
    const target = 'engine: {var: DOCKER}, proxy: {socket: {var: SOCKET}, backend: web}';
    const read = configuration('{host: {var: HOST}, username: {var: USER_NAME}}', target);

    expect(roleVariables(read, parts)).toEqual({
      HOST: '127.0.0.1:5000',
      USER_NAME: 'rehearsal',
      DOCKER: 'unix:///tmp/docker.sock',
      SOCKET: '/tmp/SOCKET.sock',
      TEST_URL: 'http://SOCKET/web',
    });
    expect(rolesOf(read)).toEqual({
      proxies: new Map([
        ['SOCKET', [{ backend: 'web', slots: 16, healthPath: '/health', checkInterval: 1000 }]],
      ]),
      engines: ['DOCKER'],
      registryUsername: 'rehearsal',
      frontends: new Map([['test', [{ host: '', proxy: 'SOCKET', backend: 'web' }]]]),
    });
  });

  it('give the variable of signing the public key of the rehearsal’s own pair, and refuse one that is written down', () => {
    const signed = (key: string): Configuration =>
      configuration(`{host: {var: HOST}}\nsigning: {public-key: ${key}}`, 'proxy: {socket: /s, backend: b}');
    const pem = `"-----BEGIN PUBLIC KEY----- ${'A'.repeat(40)} -----END PUBLIC KEY-----"`;

    expect(roleVariables(signed('{var: KEY}'), parts)).toMatchObject({ KEY: 'a public key' });
    expect(() => rolesOf(signed(pem))).toThrow(expect.objectContaining({ code: 'signing-fixed' }));
    const { privateKey, publicKey } = makeSigningPair();
    expect(readSigningKey(privateKey, 'k').verifyKey.name).toBe(readVerifyKeys(publicKey, 'k')[0]?.name);
  });

  it('take what is written down as it is', () => {
    const read = configuration(
      '{host: {var: HOST}, username: ci}',
      'proxy: {socket: /run/p.sock, backend: {var: BACKEND}}',
    );

    expect(rolesOf(read)).toMatchObject({
      proxies: new Map([['/run/p.sock', [expect.objectContaining({ backend: 'web' })]]]),
      registryUsername: 'ci',
    });
    expect(roleVariables(read, parts)).toMatchObject({ BACKEND: 'web', HOST: '127.0.0.1:5000' });
  });

  it('tell A and B apart by a map of the rehearsal’s own, where a variable names it', () => {
    const told = (strategy: string): Configuration =>
      configuration(
        '{host: {var: HOST}}',
        `proxy: {socket: /s, backend: web}, strategy: {type: ab, value: b, for: 1h, ${strategy}}`,
      );
    const read = told('header: X-Variant, map: {var: AB_MAP, default: /etc/haproxy/web-ab.map}');

    expect(rolesOf(read).proxies.get('/s')).toMatchObject([
      { backend: 'web', variant: { by: 'header', name: 'X-Variant', map: 'AB_MAP' } },
    ]);
    expect(roleVariables(read, parts)).toMatchObject({ AB_MAP: '/tmp/AB_MAP.map' });
    expect(rolesOf(told('cookie: kind, map: /etc/haproxy/ab.map')).proxies.get('/s')?.[0]).not.toHaveProperty(
      'variant',
    );
  });

  it('give each host of a target its own proxy, and leave workers without one', () => {
    const one = '{name: one, engine: {var: ENGINE}, proxy: {socket: {var: FIRST}}}';
    const two = '{name: two, engine: {var: SECOND_ENGINE}, proxy: {socket: {var: SECOND}}}';
    const worker = `worker: {compose: compose.yaml, service: packer, image: shop, hosts: [${one}, ${two}]`;
    const read = configuration('{host: {var: HOST}}', `hosts: [${one}, ${two}]}\n      ${worker}`);
    const web = expect.objectContaining({ backend: 'web' });

    expect(rolesOf(read)).toMatchObject({
      proxies: new Map([
        ['FIRST', [web]],
        ['SECOND', [web]],
      ]),
      engines: ['ENGINE', 'SECOND_ENGINE'],
      frontends: new Map([
        [
          'test',
          [
            { host: 'one', proxy: 'FIRST', backend: 'web' },
            { host: 'two', proxy: 'SECOND', backend: 'web' },
          ],
        ],
      ]),
    });
    expect(roleVariables(read, parts)).toMatchObject({
      FIRST: '/tmp/FIRST.sock',
      SECOND: '/tmp/SECOND.sock',
      SECOND_ENGINE: 'unix:///tmp/docker.sock',
      TEST_URL: 'http://FIRST/web',
    });
  });

  it('never lead to a registry that is not the rehearsal’s', () => {
    expect(() => rolesOf(configuration('{host: ghcr.io}', 'proxy: {socket: /s, backend: b}'))).toThrow(
      /registry\.host is ghcr\.io/,
    );
  });

  it('lead mail to the rehearsal’s own server and states to a folder that stays', () => {
    const read = readConfiguration(
      `application: shop
environments:
  test:
    branch: release
    infrastructure:
      main: {directory: i, backend-config: {workspace_dir: {var: STATES}}}
      other: {directory: j, backend-config: {path: {var: STATE}}}
    targets:
      web: {compose: c, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}
images: {shop: {}}
registry: {host: {var: HOST}}
notifications:
  team: {type: smtp, host: {var: MAIL, default: mail.example.com}, port: {var: MAIL_PORT}, from: a@b.c, to: [d@e.f]}
  hook: {type: webhook, url: {secret: HOOK}, secret: {secret: KEY}}
`,
      'headgate.yml',
      { exists: () => true, read: () => null },
    ).configuration;

    expect(roleVariables(read, parts)).toEqual({
      HOST: '127.0.0.1:5000',
      MAIL: '127.0.0.1',
      MAIL_PORT: '2525',
      STATES: '/tmp/states',
      STATE: '/tmp/states/test.other.tfstate',
    });
  });

  it.each([
    ['{type: smtp, host: mail.example.com, from: a@b.c, to: [d@e.f]}', 'notifications.team.host'],
    ['{type: webhook, url: "https://hooks.example.com/x", secret: {secret: KEY}}', 'notifications.team.url'],
  ])('never tell anybody outside: %s', (channel, place) => {
    const text = `application: shop\nregistry: {host: {var: HOST}}\nnotifications: {team: ${channel}}\n`;
    const read = readConfiguration(text, 'headgate.yml', { exists: () => true, read: () => null });

    expect(() => rolesOf(read.configuration)).toThrow(`${place} is written down`);
  });
});
