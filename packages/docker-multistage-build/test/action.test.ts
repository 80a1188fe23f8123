// The bundle, started as a runner starts it: inputs from the environment, results in the runner's files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeLayout } from '@headgate/image/testing/layouts';
import { runBundle, startBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DockerScript, makeFakeDocker } from './fake-docker.js';
import { recordedOutput } from './recorded.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const suite = existsSync(main) ? describe : describe.skip;
if (!existsSync(main)) process.stdout.write(`action.test.ts skipped: ${main} is not built (npm run build)\n`);

const made = makeLayout();
const built = made.image([made.fileLayer('gzip', 5000)], { os: 'linux', architecture: 'amd64' });
const layout = made.finish(built);

suite('the bundle', () => {
  let repository: TestRepository;
  let registry: RegistryDouble;

  beforeEach(async () => {
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: 'FROM scratch AS command\nFROM scratch AS runtime\n' });
    registry = await startRegistry();
  });

  afterEach(async () => {
    repository.remove();
    await registry.close();
  });

  const prepare = (script: DockerScript, inputs: Readonly<Record<string, string>>) => {
    const { directory } = makeFakeDocker({ layout, ...script });
    const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}` };
    return { main, env, workspace: repository.directory, inputs, directory };
  };

  it('publishes, sets every output and leaves an entry', async () => {
    const settings = { leg: 'shop', image: `${registry.host}/acme/shop`, tags: ['1.2.3'], publish: true };

    const result = await runBundle(prepare({}, { settings: JSON.stringify(settings) }));

    expect(result.exitCode).toBe(0);
    expect(result.outputs.get('image-ref')).toBe(`${registry.host}/acme/shop@${built.digest}`);
    expect(result.outputs.get('result')).toBe('success');
    expect(result.entry).toMatchObject({
      stage: 'images',
      name: 'shop',
      result: 'success',
      parts: { images: [{ digest: built.digest }] },
    });
    expect(result.summary).toContain(built.digest);
    expect(registry.tags()).toEqual(['1.2.3']);
  });

  it('fails with a cause in entry, summary and annotation when a gate fails', async () => {
    const builds = { command: { output: recordedOutput('command'), code: 1 } };

    const result = await runBundle(prepare({ builds }, { 'test-targets': 'command' }));

    expect(result.exitCode).toBe(1);
    expect(result.outputs.get('result')).toBe('failure');
    expect(result.entry).toMatchObject({
      result: 'failure',
      cause: { code: 'gate-failed' },
      parts: { tests: [{ outcome: 'failed' }] },
    });
    expect(result.summary).toContain('Dockerfile:3');
    expect(result.stdout).toMatch(/^::error .*gate-failed/m);
  });

  it("ends as cancelled on one SIGINT, with nothing left in the runner's folder but the entry", async () => {
    const action = startBundle(prepare({ builds: { '': { hang: true } } }, { secrets: 'home=env:HOME' }));
    await action.waitFor('\nwaiting\n');

    action.kill('SIGINT');
    const result = await action.finished;

    expect(result.outputs.get('result')).toBe('cancelled');
    expect(result.exitCode).not.toBe(0);
    expect(readdirSync(action.temporary).filter((name) => !name.startsWith('headgate-entry-'))).toEqual([]);
    expect(result.entry).toMatchObject({ result: 'cancelled' });
    action.remove();
  });

  it('kills a builder that does not heed the signal, and still ends in time', async () => {
    const builds = { '': { hang: true, stubborn: true } };
    const prepared = prepare({ builds }, {});
    const action = startBundle(prepared);
    await action.waitFor('\nwaiting\n');
    const builder = Number(readFileSync(join(prepared.directory, 'pid'), 'utf8'));
    const began = performance.now();

    action.kill('SIGINT');
    const result = await action.finished;

    expect(result.outputs.get('result')).toBe('cancelled');
    expect(performance.now() - began).toBeLessThan(7_500);
    expect(() => process.kill(builder, 0)).toThrow('ESRCH');
    expect(readdirSync(action.temporary).filter((name) => !name.startsWith('headgate-entry-'))).toEqual([]);
    action.remove();
  });

  it('names a wrong input before anything is started', async () => {
    const result = await runBundle(prepare({ server: null }, { publish: 'true' }));

    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('image: publish is true, but no image name was given');
  });
});
