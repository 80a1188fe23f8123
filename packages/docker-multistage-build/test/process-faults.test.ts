// What can happen to the docker client itself: what people are told, and that nothing is left behind.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type FakeDocker, makeFakeDocker, type ScriptedBuild } from './fake-docker.js';
import { recordedOutput } from './recorded.js';

let repository: TestRepository;
let docker: FakeDocker;
let deps: TestDeps;

beforeEach(() => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: 'FROM scratch AS a\nCOPY x /\nRUN command\n' });
});

afterEach(() => {
  repository.remove();
});

function start(build: ScriptedBuild, overrides: Partial<TestDeps> = {}): Promise<ActionResult> {
  docker = makeFakeDocker({ builds: { '': build } });
  deps = createTestDeps({
    run: docker.run,
    start: docker.start,
    context: createTestContext({ workspace: repository.directory }),
    env: { TOKEN: 'a secret of this build' },
    ...overrides,
  });
  const core = createTestCore({ settings: JSON.stringify({ leg: 'shop', secrets: { token: 'env:TOKEN' } }) });
  return run(readInputs(createInputReader(inputSpecs, core)), deps);
}

/** Whatever the end was, only logs stay. */
function expectNothingLeft(): void {
  const [call] = docker.builds();
  expect(call?.secrets[0]?.content).toBe('a secret of this build');
  expect(existsSync(call?.secrets[0]?.path ?? '')).toBe(false);
  expect(readdirSync(deps.temporary).filter((name) => !name.endsWith('.log'))).toEqual([]);
}

describe('a docker client', () => {
  it('that ends with 1 and says nothing is a failure that says so', async () => {
    const { failure } = await start({ code: 1 });

    expect(failure).toMatchObject({
      code: 'build-failed',
      message: expect.stringContaining('docker ended with exit code 1, and the builder gave no reason'),
      hint: expect.stringContaining("builder's own log"),
    });
    expectNothingLeft();
  });

  it('that reports on all steps in one long line is understood', async () => {
    const vertexes = Array.from({ length: 500 }, (_, index) => ({
      digest: `d${index}`,
      name: `[a ${index + 1}/500] RUN ${'x'.repeat(400)}`,
      ...(index === 499 ? { error: 'process "x" did not complete successfully: exit code: 7' } : {}),
    }));

    const { failure } = await start({ output: `${JSON.stringify({ vertexes })}\n`, code: 1 });

    expect(failure?.message).toContain('ended with exit code 7 (command)');
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)(
    'that is killed by %s is a failure naming the signal',
    async (signal) => {
      const { failure } = await start({ output: recordedOutput('cold').slice(0, 3000), dies: signal });

      expect(failure).toMatchObject({
        code: 'build-failed',
        message: expect.stringContaining(`docker was killed by ${signal}`),
        hint: expect.stringContaining('memory'),
      });
      expectNothingLeft();
    },
  );

  it('that finds the disk full is told with the sizes of the disk and of what docker holds', async () => {
    const { failure } = await start({ output: recordedOutput('disk'), code: 1 });

    expect(failure?.message).toContain('(disk)');
    expect(failure?.hint).toMatch(/Free space.*The runner has \d[\d.]* [kMGT]?B free of \d[\d.]* [kMGT]B\./);
    expect(failure?.hint).toContain('Build Cache 3.4GB (2.1GB reclaimable)');
    expectNothingLeft();
  });

  it('that is cancelled leaves no builder, no secret and no layout', async () => {
    const controller = new AbortController();
    const core = createTestCore();
    const info = (line: string): void => {
      if (line === 'waiting') controller.abort(new Error('the job was cancelled'));
      else core.info(line);
    };

    await expect(
      start({ hang: true }, { signal: controller.signal, core: { ...core, info } }),
    ).rejects.toThrow('the job was cancelled');
    const builder = Number(readFileSync(join(docker.directory, 'pid'), 'utf8'));
    expect(() => process.kill(builder, 0)).toThrow('ESRCH');
    expectNothingLeft();
  });

  it('that is cancelled between two attempts begins no further one', async () => {
    const controller = new AbortController();
    const core = createTestCore();
    const info = (line: string): void => {
      if (line.includes('trying again')) controller.abort(new Error('the job was cancelled'));
      core.info(line);
    };

    await expect(
      start(
        { output: recordedOutput('pull-504'), code: 1 },
        { signal: controller.signal, core: { ...core, info } },
      ),
    ).rejects.toThrow('the job was cancelled');
    expect(docker.builds()).toHaveLength(1);
    expectNothingLeft();
  });

  it('whose pull stumbles is started again, and the summary says so', async () => {
    await start({ output: recordedOutput('pull-504'), code: 1 });

    expect(docker.builds()).toHaveLength(4);
    expect(deps.core.summary()).toContain('Attempts that failed: 4');
    expect(deps.core.summary()).toContain('server\\-error \\(attempt 1 of 4\\)');
    expectNothingLeft();
  });
});
