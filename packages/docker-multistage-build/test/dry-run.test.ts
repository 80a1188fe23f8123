// A dry run says everything that would be done, starts nothing but git, writes nothing, and shows no secret.
import { readdirSync } from 'node:fs';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DryRun } from '../src/dry-run.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';

let repository: TestRepository;
let deps: TestDeps;
let started: string[];

beforeEach(() => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: 'FROM a AS test\nFROM b AS runtime\n' });
  started = [];
  deps = createTestDeps({
    context: createTestContext({ workspace: repository.directory }),
    run: (command, options) => {
      started.push(command.file);
      return runCommand(command, options);
    },
    start: () => Promise.reject(new Error('nothing may be built')),
    http: () => Promise.reject(new Error('nothing may be asked for')),
  });
});

afterEach(() => repository.remove());

async function plan(inputs: Readonly<Record<string, string>>): Promise<DryRun> {
  const core = createTestCore({ 'dry-run': 'true', ...inputs });
  const { outputs } = await run(readInputs(createInputReader(inputSpecs, core)), deps);
  return JSON.parse(String(outputs['plan'])) as DryRun;
}

describe('a dry run', () => {
  it('names commands, stages, gates, tags and permissions', async () => {
    const dry = await plan({
      image: 'ghcr.io/acme/shop',
      'test-targets': 'test',
      target: 'runtime',
      push: 'true',
      tags: '1.4.0\ndocker.io/acme/shop:edge',
      'moving-tags': 'latest',
      'compare-builds': 'true',
      'failure-comment': 'true',
      'github-token': 'a-token-of-the-job',
    });

    expect(dry.commands.map((argv) => [argv[0], argv.find((arg) => arg.startsWith('--target='))])).toEqual([
      ['docker', '--target=test'],
      ['docker', '--target=runtime'],
      ['docker', '--target=runtime'],
    ]);
    expect(dry.stages.map((stage) => stage.name)).toEqual(['test', 'runtime']);
    expect(dry.gates).toEqual(['test']);
    expect(dry.tags).toEqual([
      { reference: 'ghcr.io/acme/shop:1.4.0', moves: false },
      { reference: 'ghcr.io/acme/shop:latest', moves: true },
      { reference: 'docker.io/acme/shop:edge', moves: true },
    ]);
    expect(dry.permissions.map((one) => one.permission)).toEqual([
      'contents: read',
      'packages: write',
      'pull-requests: write',
    ]);
    expect(dry.sourceDateEpoch).toBe(Date.UTC(2026, 0, 1) / 1000);
    for (const text of ['dry run', '1.4.0', 'packages: write']) expect(deps.core.summary()).toContain(text);
  });

  it('says which .dockerignore counts (P24)', async () => {
    expect((await plan({ 'test-targets': 'test' })).ignored).toBe(
      'There is no .dockerignore: the whole folder is sent.',
    );
    repository.commit('ignore', { '.dockerignore': 'x', 'Dockerfile.dockerignore': 'y' });
    expect((await plan({ 'test-targets': 'test' })).ignored).toBe(
      'Dockerfile.dockerignore counts instead of .dockerignore.',
    );
    expect(deps.core.lines).toContain('Dockerfile.dockerignore counts instead of .dockerignore.');
  });

  it('needs no Docker and leaves nothing behind', async () => {
    await plan({ 'test-targets': 'test', secrets: 'token=a-secret-value' });

    expect([...new Set(started)]).toEqual(['git']);
    expect(readdirSync(deps.temporary)).toEqual([]);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('shows no secret, in whatever argument it would stand', async () => {
    const dry = await plan({
      secrets: 'token=a-secret-value',
      'test-targets': 'test',
      'cache-from': 'type=s3,secret_access_key=a-secret-value',
    });

    const said = [JSON.stringify(dry), deps.core.summary(), ...deps.core.lines].join('\n');
    expect(said).toContain('--secret=id=token,src=RUNNER_TEMP/secret-0');
    expect(said).toContain('secret_access_key=***');
    expect(said).not.toContain('a-secret-value');
  });

  it('fails where the real run would fail before it starts', async () => {
    await expect(plan({ target: 'runtme' })).rejects.toMatchObject({ code: 'target-missing' });
  });
});
