// Services out of compose files.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are compose variables
import { describe, expect, it } from '@jest/globals';
import { readService } from '../src/compose.js';
import type { ServiceDefinition } from '../src/service.js';

function read(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<ServiceDefinition> {
  const text = [
    'services:',
    '  web:',
    ...lines.map((line) => `    ${line}`),
    'volumes:',
    '  data:',
    '  shared: {external: true}',
  ].join('\n');
  return readService({
    name: 'compose.yaml',
    text,
    service: 'web',
    project: 'shop',
    vars: new Map([['TAG', 'blue']]),
    readFile: (path) => Promise.resolve(files[path] ?? null),
  });
}

describe('a service in a compose file', () => {
  it('is read with every supported key', async () => {
    const service = await read(
      [
        'image: whatever:${TAG}',
        'command: node server.mjs "a b"',
        'entrypoint: [tini, --]',
        'env_file: web.env',
        'environment: {PORT: 3000, COLOUR: "${TAG}", TAG: }',
        'labels: [team=web]',
        'user: "1000"',
        'working_dir: /app',
        'expose: ["9000"]',
        'stop_signal: SIGINT',
        'stop_grace_period: 1m30s',
        'healthcheck: {test: curl -f localhost, interval: 2s, retries: 3, start_interval: 500ms}',
        'init: true',
        'read_only: true',
        'tmpfs: /tmp:size=1m',
        'mem_limit: 512m',
        'cpus: 0.5',
        'volumes: [data:/data, shared:/shared:ro, /etc/ssl:/certs:ro]',
        'networks: [default]',
        'restart: on-failure:3',
        'x-note: anything',
      ],
      { 'web.env': '# comment\nPORT=1\nexport NAME="a\\nb" # end\nPLAIN=x # y\n' },
    );

    expect(service).toEqual({
      project: 'shop',
      service: 'web',
      command: ['node', 'server.mjs', 'a b'],
      entrypoint: ['tini', '--'],
      environment: { COLOUR: 'blue', NAME: 'a\nb', PLAIN: 'x', PORT: '3000', TAG: 'blue' },
      labels: { team: 'web' },
      user: '1000',
      workingDirectory: '/app',
      expose: [9000],
      stopSignal: 'SIGINT',
      stopGraceMs: 90_000,
      healthCheck: {
        test: ['CMD-SHELL', 'curl -f localhost'],
        interval: 2e9,
        timeout: 0,
        startPeriod: 0,
        startInterval: 5e8,
        retries: 3,
      },
      init: true,
      readOnly: true,
      temporaryFolders: { '/tmp': 'size=1m' },
      memory: 512 * 1024 * 1024,
      nanoCpus: 5e8,
      mounts: [
        { type: 'volume', source: 'shop_data', target: '/data', readOnly: false },
        { type: 'volume', source: 'shared', target: '/shared', readOnly: true },
        { type: 'bind', source: '/etc/ssl', target: '/certs', readOnly: true },
      ],
      volumes: [
        { key: 'data', name: 'shop_data', external: false },
        { key: 'shared', name: 'shared', external: true },
      ],
      networks: [{ key: 'default', name: 'shop_default', external: false, aliases: ['web'] }],
      files: [],
      fileSecrets: [],
      ports: [],
      containerName: null,
      needs: [],
      scale: null,
      restart: { name: 'on-failure', maximumRetries: 3 },
      addedCapabilities: [],
      droppedCapabilities: [],
      securityOptions: [],
    });
  });

  it('that is no YAML is refused at its line', async () => {
    await expect(read(['image: "shop'])).rejects.toMatchObject({
      code: 'invalid-yaml',
      place: { file: 'compose.yaml', line: expect.any(Number) },
    });
  });

  it.each([
    ['ports: ["80:80"]', 'restarts-with-gap', 'compose.yaml:3:5: services.web.ports binds ports of the host'],
    [
      'container_name: web',
      'restarts-with-gap',
      'services.web.container_name gives a name that one container',
    ],
    ['network_mode: host', 'unsupported-compose', 'services.web.network_mode'],
    [
      'privileged: true',
      'unsupported-compose',
      'compose.yaml:3:5: services.web.privileged is not supported yet',
    ],
    ['networks: [back]', 'invalid-compose', 'network back is not declared'],
    ['healthcheck: {start_delay: 1s}', 'unsupported-compose', 'start_delay'],
    ['volumes: [./data:/data]', 'unsupported-compose', './data is relative'],
    ['volumes: [other:/data]', 'invalid-compose', 'volume other is not declared'],
    ['volumes: [data]', 'invalid-compose', 'is not SOURCE:/path[:ro]'],
    ['environment: {A: "${MISSING}"}', 'invalid-compose', 'the variable MISSING has no value'],
    ['env_file: gone.env', 'invalid-compose', 'gone.env was not found'],
    ['restart: sometimes', 'invalid-compose', 'is sometimes'],
    ['stop_grace_period: soon', 'invalid-compose', 'a duration such as 30s'],
    ['mem_limit: much', 'invalid-compose', 'a size such as 512m'],
    ['command: node "x', 'invalid-compose', 'a quote that is not closed'],
    ['labels: {io.headgate.slot: web1}', 'invalid-compose', 'is set by the deployment itself'],
    ['user: [a, b]', 'invalid-compose', 'must be one value'],
  ])('refuses %s as %s', async (line, code, message) => {
    await expect(read([line])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      place: { file: 'compose.yaml', line: 3 },
    });
  });

  it('names the services there are when the wanted one is missing', async () => {
    const request = {
      name: 'c.yaml',
      text: 'services: {api: {}, db: {}}',
      service: 'web',
      project: 'shop',
      vars: new Map(),
    };
    const reading = readService({ ...request, readFile: () => Promise.resolve(null) });

    await expect(reading).rejects.toMatchObject({ message: expect.stringContaining('it has api, db') });
  });
});
