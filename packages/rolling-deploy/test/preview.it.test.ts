// Previews on a real engine: two side by side, the cap, the time that passes, the pull request that closes, nothing else.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand } from '@headgate/kit/process';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs, runMode } from '../src/modes.js';
import { type BuiltImage, buildImage, docker, missingEngine } from './host.js';
import { missingSshd, type Sshd, sshInputs, startSshd } from './sshd.js';

const transports = [
  ['local', missingEngine()],
  ['ssh', missingEngine() ?? missingSshd()],
] as const;
for (const [transport, missing] of transports)
  if (missing !== null) process.stdout.write(`preview.it.test.ts skipped for ${transport}: ${missing}\n`);
const present = transports.flatMap(([transport, missing]) => (missing === null ? [transport] : []));
const missing = missingEngine();
const hasCompose = missing === null && spawnSync('docker', ['compose', 'version']).status === 0;
if (missing === null && !hasCompose)
  process.stdout.write('preview.it.test.ts skipped: no docker compose to look at a preview with\n');
const onEngine = present.length === 0 ? describe.skip : describe;

const application = 'headgate-preview-it';
const compose = `
services:
  web:
    image: built/elsewhere
    container_name: only-one
    ports: ["80:3000"]
    environment: { VERSION: "\${PREVIEW}" }
    configs: [note]
    depends_on:
      store: { condition: service_started }
      seed: { condition: service_completed_successfully }
  store:
    image: local/node:24-slim
    command: [node, -e, "setInterval(() => {}, 1000)"]
    volumes: [data:/data]
  seed:
    image: local/node:24-slim
    command: [node, -e, "require('fs').writeFileSync('/data/seed', 'sown')"]
    volumes: [data:/data]
volumes:
  data: {}
configs:
  note: { content: "of \${PREVIEW}" }
`;

onEngine.each(present)('previews on a real engine, %s', (transport) => {
  let folder: string;
  let images: readonly BuiltImage[];
  let core: RecordingCore;

  let sshd: Sshd | null = null;

  beforeAll(async () => {
    if (transport === 'ssh') sshd = await startSshd();
    images = [buildImage('preview-one'), buildImage('preview-two')];
    docker('network', 'create', 'headgate-preview-it-neighbour');
    const labels = ['--label', 'com.docker.compose.project=pr-1-neighbour'];
    docker('create', '--name', 'headgate-preview-it-neighbour', ...labels, 'local/node:24-slim', 'node');
    docker('volume', 'create', ...labels, 'headgate-preview-it-neighbour');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-preview-'));
    mkdirSync(join(folder, 'workspace'));
    write(compose);
  });
  afterEach(async () => {
    const inputs = { transport: 'local', 'ssh-host': '' };
    for (const number of [1, 2, 3, 4]) await run('preview-reap', number, { inputs });
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => {
    sshd?.close();
    docker('rm', '-f', 'headgate-preview-it-neighbour');
    docker('volume', 'rm', 'headgate-preview-it-neighbour');
    docker('network', 'rm', 'headgate-preview-it-neighbour');
  });

  const write = (text: string): void => writeFileSync(join(folder, 'workspace', 'compose.yaml'), text);
  const run = (
    mode: 'preview' | 'preview-reap',
    number: number | null,
    { inputs = {}, signal }: { inputs?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
  ): Promise<ActionResult> => {
    core = createTestCore({
      mode,
      application,
      services: `web: {image: "${images[0]?.reference ?? ''}", port: 3000}`,
      engine: process.env['DOCKER_HOST'] ?? '',
      'lock-directory': join(folder, 'locks'),
      ...(sshd === null ? {} : { ...sshInputs(sshd), address: 'http://127.0.0.1:{port}' }),
      'health-interval': '100ms',
      'stop-grace': '200ms',
      ...(number === null ? {} : { 'pull-request': String(number) }),
      ...inputs,
    });
    const context = createTestContext({ workspace: join(folder, 'workspace') });
    const deps = createTestDeps({
      core,
      context,
      run: runCommand,
      ...(signal === undefined ? {} : { signal }),
    });
    return runMode(readModeInputs(createInputReader(inputSpecs, core)), { ...deps, clock: systemClock });
  };
  const answer = async ({ outputs }: ActionResult): Promise<unknown> => {
    const { version, build } = (await (await fetch(String(outputs['url']))).json()) as Record<string, string>;
    return { version, build };
  };

  it('stand side by side, each with an address, a project and data of its own', async () => {
    const one = await run('preview', 1);
    const two = await run('preview', 2, {
      inputs: { services: `web: {image: "${images[1]?.reference ?? ''}", port: 3000}` },
    });

    expect(one.failure ?? two.failure).toBeUndefined();
    expect(await answer(one)).toMatchObject({ version: `pr-1-${application}` });
    expect(await answer(two)).toMatchObject({ version: `pr-2-${application}` });
    expect(one.outputs).toMatchObject({ outcome: 'deployed', project: `pr-1-${application}` });
    expect(one.entry?.parts.deployments).toEqual([
      expect.objectContaining({ environment: 'preview/pr-1', service: 'web', digest: images[0]?.digest }),
    ]);
    expect(core.summary()).toContain(two.outputs['url']);
    expect(owned('volume', 1)).toEqual([`pr-1-${application}_data`]);
    const seeded = docker(
      'exec',
      nameOf('store', 2),
      'node',
      '-p',
      "require('fs').readFileSync('/data/seed', 'utf8')",
    );
    expect(seeded).toBe('sown');
    const note = docker('exec', nameOf('web', 2), 'node', '-p', "fs.readFileSync('/note', 'utf8')");
    expect(note).toBe(`of pr-2-${application}`);
  });

  it('keep their address when they change, and are left alone when nothing does', async () => {
    const first = await run('preview', 1);
    const [web, store] = [nameOf('web', 1), nameOf('store', 1)];
    const again = await run('preview', 1);
    expect(again.outputs).toMatchObject({ outcome: 'unchanged', url: first.outputs['url'] });
    expect(nameOf('web', 1)).toBe(web);

    const changed = await run('preview', 1, {
      inputs: { services: `web: {image: "${images[1]?.reference ?? ''}", port: 3000}` },
    });

    expect(changed.outputs).toMatchObject({ outcome: 'deployed', url: first.outputs['url'] });
    expect(nameOf('web', 1)).not.toBe(web);
    expect(nameOf('store', 1)).toBe(store);
    expect(await answer(changed)).not.toEqual({});
  });

  it('are refused above the cap, by name; one that has expired makes room', async () => {
    await run('preview', 1, { inputs: { most: '2' } });
    await run('preview', 2, { inputs: { most: '2', ttl: '1ms' } });

    const third = await run('preview', 3, { inputs: { most: '2' } });
    expect(third.outputs['outcome']).toBe('deployed');
    expect(owned('container', 2)).toEqual([]);

    await expect(run('preview', 4, { inputs: { most: '2' } })).rejects.toMatchObject({
      code: 'preview-limit',
      message: expect.stringMatching(new RegExp(`pr-1-${application} until .*, pr-3-${application} until`)),
    });
    expect(owned('container', 4)).toEqual([]);
    expect((await run('preview', 1, { inputs: { most: '2' } })).outputs['outcome']).toBe('unchanged');
  });

  it('go when their time is over: said first, then done, and only theirs', async () => {
    const living = await run('preview', 1);
    await run('preview', 2, { inputs: { ttl: '1ms' } });

    const said = await run('preview-reap', null, { inputs: { 'dry-run': 'true' } });
    expect(said.outputs['removed']).toBe('[2]');
    expect(core.summary()).toContain('it expired');
    expect(owned('container', 2)).toHaveLength(3);

    const done = await run('preview-reap', null);

    expect(done.outputs['removed']).toBe('[2]');
    for (const kind of ['container', 'network', 'volume'] as const) expect(owned(kind, 2)).toEqual([]);
    expect(await answer(living)).toMatchObject({ version: `pr-1-${application}` });
  });

  it('go with their pull request, completely, and nothing else is touched', async () => {
    const before = named();
    expect(before).toHaveLength(3); // the neighbour's
    await run('preview', 1);
    expect(named().length).toBeGreaterThan(3);
    await run('preview', 2);

    const gone = await run('preview-reap', 1);

    expect(gone.outputs['removed']).toBe('[1]');
    for (const kind of ['container', 'network', 'volume'] as const) expect(owned(kind, 1)).toEqual([]);
    expect(owned('container', 2)).toHaveLength(3);
    await run('preview-reap', 2);
    expect(named()).toEqual(before);
    expect((await run('preview-reap', 1)).outputs['removed']).toBe('[]');
  });

  it('that cannot start say why, with the last words, and go like the others', async () => {
    write(compose.replace('writeFileSync', 'noSuchFunction'));

    const failed = await run('preview', 1);

    expect(failed.failure).toMatchObject({
      code: 'instance-exited',
      message: expect.stringContaining('ended with code 1'),
    });
    expect(failed.outputs).toMatchObject({ outcome: 'failed', url: '' });
    expect(core.summary()).toContain('noSuchFunction is not a function');
    await run('preview-reap', 1);
    expect(owned('volume', 1)).toEqual([]);
  });

  it('that are cut off are completed by the next run', async () => {
    write(compose.replace("require('fs')", "setTimeout(() => {}, 60000); require('fs')"));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 1_500);
    const cut = await run('preview', 1, { signal: controller.signal });
    expect(cut.failure).toMatchObject({ code: 'cancelled' });
    write(compose);

    const next = await run('preview', 1);

    expect(await answer(next)).toMatchObject({ version: `pr-1-${application}` });
    expect(owned('container', 1)).toHaveLength(3);
  });

  (hasCompose ? it : it.skip)('are projects to docker compose, which can list and remove them', async () => {
    await run('preview', 1);
    const project = `pr-1-${application}`;
    const listed = JSON.parse(docker('compose', 'ls', '--format', 'json')) as readonly { Name: string }[];
    expect(listed.map(({ Name }) => Name)).toContain(project);
    const services = docker('compose', '-p', project, 'ps', '--all', '--format', '{{.Service}}');
    expect(services.split('\n').sort()).toEqual(['seed', 'store', 'web']);

    docker('compose', '-p', project, 'down', '--volumes', '--timeout', '1');

    for (const kind of ['container', 'network', 'volume'] as const) expect(owned(kind, 1)).toEqual([]);
  });

  it("are not made over another project's containers", async () => {
    const labels = ['--label', `com.docker.compose.project=pr-1-${application}`];
    docker('create', '--name', 'headgate-preview-it-foreign', ...labels, 'local/node:24-slim', 'node');
    try {
      await expect(run('preview', 1)).rejects.toMatchObject({ code: 'preview-refused' });
      expect(docker('ps', '-aq', '--filter', 'name=headgate-preview-it-foreign')).not.toBe('');
    } finally {
      docker('rm', '-f', 'headgate-preview-it-foreign');
    }
  });
});

/** Names of what carries a preview's labels. */
function owned(kind: 'container' | 'network' | 'volume', number: number): readonly string[] {
  const format = kind === 'container' ? '{{.Names}}' : '{{.Name}}';
  const project = `label=com.docker.compose.project=pr-${number}-${application}`;
  const all = kind === 'container' ? ['-a'] : [];
  return docker(kind, 'ls', ...all, '--filter', project, '--format', format)
    .split('\n')
    .filter((line) => line !== '');
}

function nameOf(service: string, number: number): string {
  return owned('container', number).find((name) => name.includes(`-${service}-`)) ?? '';
}

/** Containers, networks and volumes called after this application; others' come and go on the engine meanwhile. */
function named(): readonly string[] {
  const ours = ['--filter', `name=${application}`];
  const lists = [
    docker('ps', '-a', ...ours, '--format', '{{.Names}}'),
    docker('network', 'ls', ...ours, '--format', '{{.Name}}'),
    docker('volume', 'ls', ...ours, '--format', '{{.Name}}'),
  ];
  return lists.flatMap((text) => text.split('\n').filter((line) => line !== '')).sort();
}
