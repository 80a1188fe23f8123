// Which variables lead to the real parts.

import { readConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { describe, expect, it } from '@jest/globals';
import { roleVariables } from '../../src/story/role-variables.js';
import { rolesOf } from '../../src/story/roles.js';

const parts = {
  registry: '127.0.0.1:5000',
  registryUsername: 'rehearsal',
  proxySocket: '/tmp/proxy.sock',
  engine: 'unix:///tmp/docker.sock',
  mail: { host: '127.0.0.1', port: 2525 },
  stateDirectory: '/tmp/states',
  urlOf: (backend: string) => `http://${backend}`,
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
      SOCKET: '/tmp/proxy.sock',
      TEST_URL: 'http://web',
    });
    expect(rolesOf(read)).toEqual({
      backends: ['web'],
      registryUsername: 'rehearsal',
      backendOf: new Map([['test', 'web']]),
    });
  });

  it('take what is written down as it is', () => {
    const read = configuration(
      '{host: {var: HOST}, username: ci}',
      'proxy: {socket: /run/p.sock, backend: {var: BACKEND}}',
    );

    expect(rolesOf(read)).toMatchObject({ backends: ['web'], registryUsername: 'ci' });
    expect(roleVariables(read, parts)).toMatchObject({ BACKEND: 'web', HOST: '127.0.0.1:5000' });
  });

  it('never lead to a registry that is not the rehearsal’s', () => {
    expect(() => rolesOf(configuration('{host: ghcr.io}', 'proxy: {socket: /s, backend: b}'))).toThrow(
      /registry\.host is ghcr\.io/,
    );
  });
});
