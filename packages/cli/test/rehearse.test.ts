// `headgate rehearse` up to the point where parts would start: everything that is refused before anything runs.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-rehearse-'));
  await mkdir(join(folder, '.github', 'workflows'), { recursive: true });
  await mkdir(join(folder, 'stories'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(join(folder, '.github', 'workflows', 'delivery.yml'), 'on: push\n');
  await writeFile(
    join(folder, 'headgate.yml'),
    'application: shop\nregistry: {host: {var: REGISTRY}}\nimages:\n  shop: {}\n',
  );
  await writeFile(join(folder, 'stories', 'first.yml'), 'story: first\nabout: a\nsteps: []\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function rehearse(...args: string[]): Promise<{ code: number; errors: string }> {
  // An engine that nobody serves: whatever gets past the checks ends there.
  const env = { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: `unix://${join(folder, 'no.sock')}` };
  const host = testHost({
    directory: folder,
    env,
    script: join(import.meta.dirname, '..', 'dist', 'index.js'),
  });
  const code = await run(['rehearse', ...args], host);
  return { code, errors: host.errors() };
}

describe('rehearse', () => {
  it('runs nothing without consent where nobody can be asked', async () => {
    const { code, errors } = await rehearse();

    expect(code).toBe(2);
    expect(errors).toContain('runs the workflow steps');
    expect(errors).toContain('Pass --yes');
  });

  it('says what is wrong with a story, by line and column', async () => {
    const { code, errors } = await rehearse('--story', 'first', '--yes');

    expect(code).toBe(2);
    expect(errors).toContain('stories/first.yml:3:8: `steps`: at least one step was expected');
  });

  it('plays none of several stories when one of them cannot be read', async () => {
    const steps = 'steps: [{name: A, merge: {branch: b, by: c}}]\n';
    await writeFile(join(folder, 'stories', 'good.yml'), `story: good\nabout: a\n${steps}`);

    const { code, errors } = await rehearse('--story', 'good', '--story', 'first', '--yes');

    expect(code).toBe(2);
    expect(errors).toContain('stories/first.yml:3:8: `steps`');
    expect(errors).not.toContain('no Docker engine answers');
    expect((await rehearse('--story', 'good', '--story', 'good', '--yes')).code).toBe(3);
  });

  it('offers the story that was probably meant', async () => {
    const { code, errors } = await rehearse('--story', 'frist', '--yes');

    expect(code).toBe(2);
    expect(errors).toContain('Did you mean first?');
  });

  it('says what is wrong with headgate.yml before anything starts', async () => {
    await writeFile(join(folder, 'headgate.yml'), 'application: shop\nimage: {}\n');

    const { code, errors } = await rehearse('--yes');

    expect(code).toBe(2);
    expect(errors).toContain('headgate.yml:2:1: unknown key `image`, did you mean `images`?');
  });

  it('never publishes to a registry that is not its own', async () => {
    await writeFile(join(folder, 'headgate.yml'), 'application: shop\nimages:\n  shop: {}\n');

    const { code, errors } = await rehearse('--yes');

    expect(code).toBe(2);
    expect(errors).toContain('registry.host is ghcr.io');
  });

  it.each(['--json', '--html'])('looks at the place of %s before anything runs', async (option) => {
    const { code, errors } = await rehearse('--yes', option, join('nowhere', 'result'));

    expect(code).toBe(2);
    expect(errors).toContain(
      `${option} nowhere/result: the folder ${join(folder, 'nowhere')} cannot be written`,
    );
  });

  it('needs a workflow', async () => {
    await rm(join(folder, '.github'), { recursive: true });

    expect((await rehearse('--yes')).errors).toContain('no workflow in .github/workflows');
  });

  it('names the engine that does not answer', async () => {
    const { code, errors } = await rehearse('--yes');

    expect(code).toBe(3);
    expect(errors).toContain(`no Docker engine answers at unix://${join(folder, 'no.sock')}`);
  });

  it('ends as interrupted when it was', async () => {
    const interrupt = new AbortController();
    interrupt.abort(new Error('SIGINT'));
    const host = testHost({ directory: folder, signal: interrupt.signal });

    expect(await run(['rehearse', '--yes'], host)).toBe(130);
  });
});

describe('the other commands', () => {
  it.each([['--help'], ['help', 'rehearse'], ['check', '--help']])('help %j', async (...args) => {
    const host = testHost();

    expect(await run(args, host)).toBe(0);
    expect(host.output()).toContain('headgate');
  });

  it('refuse what is unknown with code 2', async () => {
    const host = testHost();

    expect(await run(['cehck'], host)).toBe(2);
    expect(host.errors()).toContain('Did you mean check?');
  });

  it('tell the version of the installation', async () => {
    const host = testHost();

    expect(await run(['--version'], host)).toBe(0);
    expect(host.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('start no load generator without a parent', async () => {
    expect(await run(['load-generator'], testHost())).toBe(2);
  });
});
