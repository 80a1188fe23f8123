// Services of every shape on a real engine: workers, one container at a time, configs and secrets, networks, Compose's view.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy, type FinishedDeploy, finish } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  docker,
  freePort,
  missingTool,
  startHost,
  type TestHost,
} from './host.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`services.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const hasCompose = missing === null && spawnSync('docker', ['compose', 'version']).status === 0;
if (missing === null && !hasCompose)
  process.stdout.write(
    'services.it.test.ts: one test skipped: no docker compose to look at a service with\n',
  );
const application = 'headgate-services-it';
const listening = `fetch('http://127.0.0.1:3000/health').then(() => process.exit(0), () => process.exit(1))`;
const healthy = `    healthcheck: {test: [CMD, node, -e, "${listening}"], interval: 1s, retries: 60}`;
const neverHealthy = '    healthcheck: {test: [CMD, "false"], interval: 1s, retries: 1}';

onHost('on a real host', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];

  beforeAll(() => {
    images = [buildImage('services-one'), buildImage('services-two')];
  });
  beforeEach(async () => {
    host = await startHost(application);
  });
  afterEach(() => host.close());
  afterAll(() => {
    for (const network of [`${application}_default`, `${application}_back`])
      docker('network', 'rm', '-f', network);
    docker('volume', 'rm', '-f', `${application}_data`);
  });

  const write = (...lines: readonly string[]): void => {
    const text = ['services:', '  web:', '    image: app', ...lines, ''].join('\n');
    writeFileSync(join(host.folder, 'workspace', 'compose.yaml'), text);
  };
  const put = (name: string, content: string): void =>
    writeFileSync(join(host.folder, 'workspace', name), content);
  const run = (index: number, inputs: Readonly<Record<string, string>> = {}): Promise<FinishedDeploy> =>
    deploy(host, images[index]?.reference ?? '', { inputs });
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
  const only = (): string => {
    const [name = '', ...others] = running();
    expect(others).toEqual([]);
    return name;
  };
  const inside = (script: string): string => docker('exec', only(), 'node', '-p', script);
  const content = (path: string): string => inside(`fs.readFileSync('${path}', 'utf8')`);
  const worker = { port: '' };

  describe('a worker', () => {
    it('rolls by health and stop-grace alone, and finishes what it does', async () => {
      write('    stop_grace_period: 5s', '    scale: 2', '    environment: {VERSION: one}');
      expect((await run(0, worker)).result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
      const former = running();

      const { result, core } = await run(1, worker);

      expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
      expect(running()).toHaveLength(2);
      expect(former.some((name) => running().includes(name))).toBe(false);
      // Ended by itself on its stop signal: 0, not 137.
      for (const name of former) expect(docker('inspect', '-f', '{{.State.ExitCode}}', name)).toBe('0');
      expect(core.lines.join('\n')).not.toMatch(/proxy/);
      expect((await run(1, worker)).result.outputs['outcome']).toBe('unchanged');
    });

    it('that ends by itself, or whose check fails, is undone', async () => {
      write('    environment: {VERSION: one}');
      await run(0, worker);
      const former = only();
      write('    environment: {EXITS: "1"}', '    restart: "no"');
      // Long enough for the program to come to its end on a busy machine.
      expect((await run(1, { ...worker, settle: '10s' })).result).toMatchObject({
        failure: { code: 'instance-exited' },
        outputs: { outcome: 'undone' },
      });
      write(neverHealthy);
      expect((await run(1, worker)).result.outputs['outcome']).toBe('undone');
      expect(only()).toBe(former);
    });
  });

  it('has the limits, log, names and groups that its compose file asks for', async () => {
    write(
      '    ulimits: {nofile: {soft: 2048, hard: 4096}}',
      '    logging: {driver: json-file, options: {max-size: 1m}}',
      '    extra_hosts: ["db.example=10.0.0.5"]',
      '    hostname: shop-web',
      '    shm_size: 32m',
      '    group_add: ["1234"]',
      '    deploy: {resources: {limits: {memory: 256m}}}',
      '    volumes: [{type: volume, source: data, target: /data, read_only: true}]',
      'volumes: {data: {}}',
    );

    expect((await run(0)).result.outputs['outcome']).toBe('deployed');

    expect(inside('os.hostname()')).toBe('shop-web');
    expect(content('/etc/hosts')).toMatch(/^10\.0\.0\.5\s+db\.example$/m);
    // Node takes the hard one for itself.
    expect(content('/proc/self/limits')).toMatch(/^Max open files +\d+ +4096 /m);
    expect(inside('process.getgroups().includes(1234)')).toBe('true');
    expect(content('/proc/mounts')).toMatch(/ \/dev\/shm tmpfs .*size=32768k/);
    expect(content('/proc/mounts')).toMatch(/ \/data \S+ ro[, ]/);
    const asked =
      '{{.HostConfig.Memory}} {{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config "max-size"}}';
    expect(docker('inspect', '-f', asked, only())).toBe(`${256 * 1024 ** 2} json-file 1m`);
  });

  describe('a service of which one container can be there', () => {
    it('is refused, and with a gap allowed replaced under its name and ports', async () => {
      const port = await freePort();
      const shape = ['    container_name: headgate-services-only', `    ports: ["127.0.0.1:${port}:3000"]`];
      const gap = { port: '', 'allow-gap': 'true' };
      write(...shape, healthy, '    environment: {VERSION: one}');
      await expect(run(0, worker)).rejects.toMatchObject({ code: 'restarts-with-gap' });
      expect(host.containers()).toEqual([]);
      await run(0, gap);
      write(...shape, healthy, '    environment: {VERSION: two}');

      expect((await run(1, gap)).result.outputs['outcome']).toBe('deployed');

      expect(only()).toBe('headgate-services-only');
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toMatchObject({ version: 'two' });
      expect(host.containers()).toHaveLength(2);
    });

    it('has its former instance back, name and ports, when the new one fails or the run is cut off', async () => {
      const port = await freePort();
      const shape = ['    container_name: headgate-services-only', `    ports: ["127.0.0.1:${port}:3000"]`];
      const gap = { port: '', 'allow-gap': 'true' };
      const version = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/`)).json();
      write(...shape, healthy, '    environment: {VERSION: one}');
      await run(0, gap);
      write(...shape, '    environment: {VERSION: bad}', neverHealthy);

      expect((await run(1, gap)).result.outputs).toMatchObject({ outcome: 'undone', instances: '1' });
      expect(only()).toBe('headgate-services-only');
      expect(await version()).toMatchObject({ version: 'one' });

      write(...shape, healthy, '    environment: {VERSION: two}');
      const controller = new AbortController();
      const { core } = await deploy(host, images[1]?.reference ?? '', {
        inputs: gap,
        signal: controller.signal,
        onLine: (line) => {
          if (line.startsWith('done start')) controller.abort();
        },
      });
      expect(await finish(host, core, { inputs: gap })).toBe(true);
      expect(only()).toBe('headgate-services-only');
      expect(await version()).toMatchObject({ version: 'one' });
    });
  });

  describe('configs, secrets and environment files', () => {
    const shape = [
      '    env_file: web.env',
      '    configs: [{source: app, target: /etc/app/app.conf, mode: 0440, uid: "1000"}]',
      '    secrets: [token, key]',
      'configs: {app: {file: app.conf}}',
      'secrets: {token: {environment: TOKEN}, key: {file: key.txt}}',
    ];
    const secret = (value: string): Readonly<Record<string, string>> => {
      return {
        ...worker,
        'deploy-secrets': `environment: {TOKEN: "${value}"}`,
        'environment-secrets': 'TOKEN',
      };
    };

    it('are in the container, and each change of one is a new version', async () => {
      put('web.env', 'VERSION=one');
      put('app.conf', 'colour = blue\n');
      put('key.txt', 'a key out of a file\n');
      write(...shape);
      const { core } = await run(0, secret('very secret value'));
      expect([content('/etc/app/app.conf'), content('/run/secrets/token')]).toEqual([
        'colour = blue',
        'very secret value',
      ]);
      expect(content('/run/secrets/key')).toBe('a key out of a file');
      expect(core.secrets).toContain('a key out of a file');
      const owned = (path: string): string =>
        inside(`const s = fs.statSync('${path}'); (s.mode & 0o7777).toString(8) + ' ' + s.uid`);
      expect(owned('/etc/app/app.conf')).toBe('440 1000');
      expect(owned('/run/secrets/token')).toBe('444 0');
      expect(inside('JSON.stringify(process.env)')).not.toContain('very secret value');
      expect(core.lines.join('\n')).not.toContain('very secret value');
      expect((await run(0, secret('very secret value'))).result.outputs['outcome']).toBe('unchanged');

      put('web.env', 'VERSION=two');
      expect((await run(0, secret('very secret value'))).result.outputs['outcome']).toBe('deployed');
      expect(inside('process.env.VERSION')).toBe('two');
      put('app.conf', 'colour = red\n');
      expect((await run(0, secret('very secret value'))).result.outputs['outcome']).toBe('deployed');
      expect(content('/etc/app/app.conf')).toBe('colour = red');
      expect((await run(0, secret('another secret value'))).result.outputs['outcome']).toBe('deployed');
      expect(content('/run/secrets/token')).toBe('another secret value');
    });
  });

  describe('networks and dependencies', () => {
    it('are made and waited for as Compose does', async () => {
      write('    networks: {default: , back: {aliases: [shop]}}', 'networks: {back: {}}');
      await run(0, worker);
      const format =
        '{{range $name, $at := .NetworkSettings.Networks}}{{$name}} {{join $at.Aliases ","}};{{end}}';
      const networks = docker('inspect', '-f', format, only());
      expect(networks).toContain(`${application}_back web,shop`);
      expect(networks).toContain(`${application}_default web`);

      write('    depends_on: [db]', '  db: {image: db}');
      await expect(run(0, worker)).resolves.toMatchObject({
        result: { failure: { code: 'dependency-missing' }, outputs: { outcome: 'failed' } },
      });
      const labels = [
        `com.docker.compose.project=${application}`,
        'com.docker.compose.service=db',
        `io.headgate.application=${application}`,
      ];
      docker('run', '-d', ...labels.flatMap((label) => ['--label', label]), images[0]?.reference ?? '');
      expect((await run(0, worker)).result.outputs['outcome']).toBe('deployed');
    });
  });

  (hasCompose ? it : it.skip)('docker compose lists what was deployed, and takes it down', async () => {
    write('    volumes: [data:/data]', '    scale: 2', 'volumes: {data: {}}');
    await run(0, worker);
    const compose = ['compose', '-f', join(host.folder, 'workspace', 'compose.yaml'), '-p', application];
    const listed = docker(...compose, 'ps', '--format', '{{.Service}} {{.State}}').split('\n');
    expect(listed).toEqual(['web running', 'web running']);
    expect(docker(...compose, 'logs')).toBe('');

    docker(...compose, 'down', '--volumes', '--timeout', '1');

    expect(host.containers()).toEqual([]);
    const label = `label=com.docker.compose.project=${application}`;
    expect(docker('volume', 'ls', '-q', '--filter', label)).toBe('');
    // For the tests after this one.
    docker('network', 'create', `${application}_default`);
  });
});
