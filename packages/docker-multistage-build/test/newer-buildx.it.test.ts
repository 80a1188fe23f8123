// A newer buildx as the docker client's plugin, and a BuildKit of its own behind the remote driver.
import { rmSync } from 'node:fs';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { findLackingBuildKit, type OwnBuildKit, startBuildKit } from './own-buildkit.js';
import { judge, judged, type RealRegistry, serveRegistry } from './real-tools.js';

const lacking = findLackingBuildKit();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`newer-buildx.it.test.ts skipped: ${lacking}\n`);

suite('a newer buildx', () => {
  let own: OwnBuildKit;
  let registry: RealRegistry;
  let repository: TestRepository;
  let deps: TestDeps;

  beforeAll(async () => {
    registry = await serveRegistry();
    own = await startBuildKit();
  });

  afterAll(async () => {
    await own.stop();
    registry.stop();
  });

  beforeEach(() => {
    repository = createTestRepository();
    repository.commit('start', {
      Dockerfile:
        '# What ships.\nFROM scratch AS test\nCOPY app.txt /test\nFROM scratch AS runtime\nCOPY app.txt /app.txt\n',
      'Bad.Dockerfile': 'FROM scratch as runtime\nMAINTAINER nobody\nCOPY app.txt /app.txt\n',
      'app.txt': 'good',
    });
    deps = own.deps(repository.directory);
  });

  afterEach(() => {
    repository.remove();
    rmSync(deps.temporary, { recursive: true, force: true });
  });

  function start(settings: Readonly<Record<string, unknown>>): Promise<ActionResult> {
    const all = { leg: 'shop', builder: own.builder, ...settings };
    const core = createTestCore({ settings: JSON.stringify(all) });
    return run(readInputs(createInputReader(inputSpecs, core)), { ...deps, clock: systemClock });
  }

  it.each([
    ['one platform', ['linux/amd64'], 'false'],
    ['two platforms with provenance', ['linux/amd64', 'linux/arm64'], 'mode=max'],
  ])(
    'publishes %s by the remote driver, the same digest before and after',
    async (what, platforms, provenance) => {
      const name = `${registry.host}/${what.replaceAll(' ', '-')}`;

      const result = await start({
        image: name,
        tags: ['1'],
        push: true,
        platforms,
        provenance,
        'test-targets': ['test'],
      });

      expect(result.failure).toBeUndefined();
      expect(result.outputs['digest']).toBe(result.entry?.parts.images?.[0]?.digest);
      if (judge !== null) expect(judged(`${name}:1`)).toBe(result.outputs['digest']);
      expect(deps.core.lines.join('\n')).toContain('(remote)');
    },
  );

  it.each([
    ['targets', /runtime/],
    ['outline', /TARGET|runtime/],
    ['check', /no warnings|Check complete/i],
  ])('answers call: %s and builds nothing', async (call, answer) => {
    const result = await start({ call });

    expect(result.failure).toBeUndefined();
    expect(deps.core.summary()).toMatch(answer);
    expect(result.outputs).toEqual({});
  });

  it('fails when a check finds something', async () => {
    await expect(start({ call: 'check', file: 'Bad.Dockerfile' })).rejects.toMatchObject({
      code: 'build-failed',
    });
    expect(deps.core.summary()).toContain('MaintainerDeprecated');
  });

  it('that is too old for a call is named', async () => {
    const old = createTestDeps({ ...deps, run: runCommand, start: startCommand });
    const core = createTestCore({ call: 'check' });

    await expect(run(readInputs(createInputReader(inputSpecs, core)), old)).rejects.toMatchObject({
      code: 'buildx-too-old',
      message: expect.stringContaining('needs buildx 0.15.0'),
    });
  });
});
