// What tests have left in result stages, against a scripted docker: files for the job, the record, and the gate.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeLayout } from '@headgate/image/testing/layouts';
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import type { JUnitReport } from '@headgate/kit/junit';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { problemIn } from '../src/test-results.js';
import { type DockerScript, type FakeDocker, makeFakeDocker } from './fake-docker.js';
import { recordedOutput } from './recorded.js';

const dockerfile = [
  'FROM scratch AS base',
  'FROM base AS test',
  'FROM scratch AS unit',
  'COPY --from=test /out /',
  'FROM scratch AS e2e-results',
  'FROM scratch AS command',
  'FROM scratch AS runtime',
].join('\n');
const good =
  '<testsuite><testcase name="adds" time="0.5"/><testcase name="waits"><skipped/></testcase></testsuite>';
const bad =
  '<testsuite><testcase name="adds"><failure message="1 was not 2: hunter2-secret"/></testcase></testsuite>';
const made = makeLayout();
const layout = made.finish(
  made.image([made.fileLayer('gzip', 5000)], { os: 'linux', architecture: 'amd64' }),
);

let repository: TestRepository;
let docker: FakeDocker;
let deps: TestDeps;

beforeEach(() => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: dockerfile });
});

afterEach(() => {
  repository.remove();
});

function start(
  builds: NonNullable<DockerScript['builds']>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<ActionResult> {
  docker = makeFakeDocker({ layout, builds });
  deps = createTestDeps({
    run: docker.run,
    start: docker.start,
    http: createHttp(),
    context: createTestContext({ workspace: repository.directory }),
    env: { RUNNER_TEMP: testFolder('headgate-runner-temp-') },
  });
  const all = { leg: 'shop', target: 'runtime', 'test-results': ['unit'], ...settings };
  const core = createTestCore({
    settings: JSON.stringify({
      'skipped-stages': ['e2e-results'],
      secrets: { npm: { secret: 'NPM' } },
      ...all,
    }),
    'build-secrets': JSON.stringify({ build: { NPM: 'hunter2-secret' } }),
  });
  return run(readInputs(createInputReader(inputSpecs, core)), deps);
}

const built = (): readonly string[] =>
  docker.builds().map(({ args }) => args.find((arg) => arg.startsWith('--target=')) ?? '');

describe('stages with results of tests', () => {
  it('are taken out first; their reports are in the record, their files in the folder of the output', async () => {
    const files = { 'junit.xml': good, 'deep/coverage.html': 'all of it' };

    const result = await start({ unit: { files } }, { 'test-targets': ['command'] });

    expect(result.failure).toBeUndefined();
    expect(built()).toEqual(['--target=unit', '--target=command', '--target=runtime']);
    expect(result.entry?.parts.tests).toEqual([
      {
        name: 'unit/junit.xml',
        stage: 'images',
        outcome: 'passed',
        detail: '2 tests, 0 failed, 1 skipped, 0.50 s',
      },
      expect.objectContaining({ name: 'command', outcome: 'passed' }),
    ]);
    const folder = String(result.outputs['test-results']);
    expect(readFileSync(join(folder, 'unit', 'deep', 'coverage.html'), 'utf8')).toBe('all of it');
    expect(folder.startsWith(String(deps.env['RUNNER_TEMP']))).toBe(true);
    expect(deps.core.summary()).toMatch(/results unit \|[^|]*\| passed/);
  });

  it('fail the gate when a test failed, with all files there, and nothing is built for publication', async () => {
    const result = await start(
      { unit: { files: { 'junit.xml': bad } }, 'e2e-results': { files: { 'e2e.xml': good } } },
      { 'test-results': ['unit', 'e2e-results'], 'skipped-stages': [] },
    );

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: '1 of 1 test in the results of unit failed; nothing was published.',
    });
    expect(built()).toEqual(['--target=unit', '--target=e2e-results']);
    expect(existsSync(join(String(result.outputs['test-results']), 'e2e-results', 'e2e.xml'))).toBe(true);
    expect(result.entry?.parts.tests).toMatchObject([
      { name: 'unit/junit.xml', outcome: 'failed' },
      { name: 'unit/junit.xml: adds', outcome: 'failed', detail: expect.stringContaining('1 was not 2') },
      { name: 'e2e-results/e2e.xml', outcome: 'passed' },
    ]);
    expect(deps.core.summary()).toContain('1 was not 2');
    for (const text of [JSON.stringify(result), deps.core.summary()]) expect(text).not.toContain('hunter2');
  });

  it('are there when a gate after them fails', async () => {
    const failing = { output: recordedOutput('command'), code: 1 };

    const result = await start(
      { unit: { files: { 'junit.xml': good } }, command: failing },
      { 'test-targets': ['command'] },
    );

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: expect.stringContaining('command'),
    });
    expect(existsSync(join(String(result.outputs['test-results']), 'unit', 'junit.xml'))).toBe(true);
  });

  it.each([
    ['no report at all', { 'notes.txt': good }, /hold no JUnit report/],
    ['a report that is none', { 'junit.xml': '<html/>' }, /hold no JUnit report/],
    ['a report without a test', { 'junit.xml': '<testsuite/>' }, /1 JUnit report without a test/],
  ])('with %s say nothing, and do not pass', async (_, files, message) => {
    const result = await start({ unit: { files } });

    expect(result.failure).toMatchObject({ code: 'gate-failed', message: expect.stringMatching(message) });
  });

  it('that cannot be built fail like any gate', async () => {
    const result = await start({ unit: { output: recordedOutput('command'), code: 1 } });

    expect(result.failure).toMatchObject({ code: 'gate-failed', place: { file: 'Dockerfile' } });
    expect(result.entry?.parts.tests).toMatchObject([{ name: 'unit', outcome: 'failed' }]);
  });

  it('that the Dockerfile does not have are refused before anything is built', async () => {
    await expect(start({}, { 'test-results': ['units'] })).rejects.toMatchObject({
      code: 'target-missing',
      hint: 'Write unit in `test-results`.',
    });
    expect(docker.builds()).toEqual([]);
  });

  it('are read as files only: a link to one elsewhere is none of them', async () => {
    const outside = join(testFolder('headgate-outside-'), 'junit.xml');
    writeFileSync(outside, good);
    const result = await start({ unit: { files: { 'real.xml': good } } });
    const folder = String(result.outputs['test-results']);
    symlinkSync(outside, join(folder, 'unit', 'link.xml'));
    const { readReports } = await import('../src/test-results.js');

    expect([...(await readReports(join(folder, 'unit'), 'unit')).keys()]).toEqual(['unit/real.xml']);
  });
});

describe('what reports say together', () => {
  const report = (tests: number, failed: number): JUnitReport => {
    return { tests, failed, skipped: 0, seconds: 0, failures: [] };
  };
  it.each([
    [[report(3, 0)], null],
    [[report(3, 0), report(0, 0)], null],
    [[report(3, 1), report(2, 1)], '2 of 5 tests in the results of unit failed'],
    [[], 'the results of unit hold no JUnit report, so nobody knows what the tests said'],
  ])('%j: %s', (reports, problem) => {
    const named = new Map(reports.map((each, index) => [`unit/${index}.xml`, each]));
    expect(problemIn('unit', named)?.problem ?? null).toBe(problem);
  });
});
