import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { digestOf } from '@headgate/kit/digest';
import { type Entry, emptyRecord, parseRecord } from '@headgate/kit/record';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobResult } from '../src/input-forms.js';
import type { CollectInputs } from '../src/inputs.js';
import { flowOf } from '../src/record-file.js';
import { run } from '../src/run.js';
import { decisionOf, deploymentParts, entryOf, imageParts, offerEntries, tree, zipOf } from './fixtures.js';

let github: TestGitHub;
let deps: TestDeps;

beforeEach(() => {
  github = createTestGitHub();
  const temporary = mkdtempSync(join(testFolder('headgate-collect-'), 'step-'));
  deps = createTestDeps({ connectGitHub: github.connect, context: createTestContext(), temporary });
});

function collect(overrides: Partial<CollectInputs> = {}): Promise<ActionResult> {
  return run(
    {
      mode: 'collect',
      barrier: 'images',
      decision: JSON.stringify(decisionOf()),
      recordArtifactId: '',
      recordDigest: '',
      needs: new Map(),
      githubToken: 'token',
      ...overrides,
    },
    deps,
  );
}

function needsOf(results: Readonly<Record<string, JobResult>>): ReadonlyMap<string, JobResult> {
  return new Map(Object.entries(results));
}

function recordOf({ outputs }: ActionResult): ReturnType<typeof parseRecord> {
  return parseRecord(JSON.parse(readFileSync(String(outputs['record-file']), 'utf8')));
}

const green = needsOf({ decide: 'success', images: 'success', collect: 'success', deploy: 'success' });

describe('the images barrier', () => {
  it('merges the entries into a record named by its digest', async () => {
    offerEntries(github, [entryOf('images', 'shop', { parts: imageParts('1') })]);

    const result = await collect();

    const record = recordOf(result);
    expect(result.failure).toBeUndefined();
    expect(record.images.map(({ name }) => name)).toEqual(['shop']);
    expect(record.flow).toMatchObject({
      application: 'shop',
      repository: 'acme/shop',
      tree,
      run: { id: 1000, attempt: 1 },
    });
    expect(result.outputs['record-digest']).toBe(digestOf(record));
    expect(result.outputs['record-artifact-name']).toBe('headgate-record-dddddddddddddddd-images-1');
  });

  it('fails by name when a leg left nothing, and still writes the record', async () => {
    offerEntries(github, []);

    const result = await collect();

    expect(result.failure).toMatchObject({ code: 'leg-missing', message: expect.stringContaining('shop') });
    expect(recordOf(result).images).toEqual([]);
  });

  it('puts the cause and the next action of a failed leg first in the summary', async () => {
    offerEntries(github, [entryOf('images', 'shop', { result: 'failure' })]);

    const result = await collect();

    expect(result.failure).toMatchObject({ code: 'leg-failed', hint: 'Correct the tests.' });
    const lines = deps.core
      .summary()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.slice(0, 3)).toEqual([
      '## shop: develop failed',
      '**images shop failed: the test stage test failed** `leg-failed`',
      'Next: Correct the tests.',
    ]);
  });

  it('shows where it failed, at the commit, in the summary and beside the line', async () => {
    const cause = { code: 'gate-failed', message: 'm', hint: 'h', file: 'app/Dockerfile', line: 4 };
    offerEntries(github, [entryOf('images', 'shop', { result: 'failure', cause })]);

    const result = await collect();

    expect(result.failure?.place).toEqual({ file: 'app/Dockerfile', line: 4 });
    const url = `https://github.com/acme/shop/blob/${'c'.repeat(40)}/app/Dockerfile#L4`;
    expect(deps.core.summary()).toContain(`Where: [app/Dockerfile:4](${url})`);
  });

  const attempts: readonly (readonly [string, number, readonly Entry[], string | null])[] = [
    [
      'a re-run of failed jobs counts the attempt that succeeded',
      1,
      [
        entryOf('images', 'shop', { attempt: 1, result: 'failure' }),
        entryOf('images', 'shop', { attempt: 2, parts: imageParts('2') }),
      ],
      '2',
    ],
    [
      'a success of an earlier attempt stands when only others were re-run',
      1,
      [entryOf('images', 'shop', { attempt: 1, parts: imageParts('1') })],
      '1',
    ],
    [
      'after a re-run of all jobs nothing of former attempts counts',
      2,
      [
        entryOf('images', 'shop', { attempt: 1, parts: imageParts('1') }),
        entryOf('images', 'shop', { attempt: 2, result: 'failure' }),
      ],
      null,
    ],
  ];

  it.each(attempts)('%s', async (_, attempt, entries, digit) => {
    offerEntries(github, entries);

    const result = await collect({ decision: JSON.stringify(decisionOf({ attempt })) });

    const digests = recordOf(result).images.map(({ digest }) => digest.slice(7, 8));
    expect(digests).toEqual(digit === null ? [] : [digit]);
    expect(result.failure === undefined).toBe(digit !== null);
  });

  it('does not look at entries of legs that nobody expected', async () => {
    offerEntries(github, [entryOf('images', 'shop'), entryOf('images', 'stowaway', { result: 'failure' })]);

    expect((await collect()).failure).toBeUndefined();
  });

  it('refuses an artifact that holds the entry of another leg', async () => {
    const stray = { ...entryOf('images', 'other'), leg: entryOf('images', 'shop').leg };
    offerEntries(github, [stray]);

    await expect(collect()).rejects.toMatchObject({
      code: 'leg-missing',
      message: expect.stringContaining('another'),
    });
  });
});

describe('the end barrier', () => {
  const images = entryOf('images', 'shop', { parts: imageParts('1') });
  const web = entryOf('deploy', 'web', { parts: deploymentParts });

  function offerPrevious(): { readonly recordArtifactId: string; readonly recordDigest: string } {
    const previous = {
      ...emptyRecord(flowOf(decisionOf(), deps.context)),
      images: imageParts('1').images ?? [],
    };
    github.addArtifact(90, zipOf('headgate-record.json', previous));
    return { recordArtifactId: '90', recordDigest: digestOf(previous) };
  }

  it('adds the deployments to the record before, under the name where evidence is looked for', async () => {
    offerEntries(github, [images, web]);

    const result = await collect({ barrier: 'end', needs: green, ...offerPrevious() });

    const record = recordOf(result);
    expect(result.failure).toBeUndefined();
    expect([record.images.length, record.deployments.length]).toEqual([1, 1]);
    expect(result.outputs['record-artifact-name']).toBe('headgate-record-dddddddddddddddd');
    const summary = deps.core.summary();
    expect(summary).toContain('develop delivered to integration');
    expect(summary).toContain('12.3 MB');
    expect(summary).toContain('12.3 s');
  });

  it.each([
    [{ publish: true }, 'develop delivered to integration'],
    [{ publish: true, environment: null, targets: [] }, 'develop built, tested and published'],
    [{ publish: false, environment: null, targets: [], branch: 'feature/x' }, 'feature/x built and tested'],
  ])('claims no more than was done: %j', async (overrides, title) => {
    offerEntries(github, [images, web]);

    await collect({ barrier: 'end', decision: JSON.stringify(decisionOf(overrides)) });

    expect(deps.core.summary()).toContain(`## shop: ${title}\n`);
  });

  it('says that a mask dropped the record when it was expected and is empty', async () => {
    offerEntries(github, [images, web]);

    await expect(collect({ barrier: 'end', needs: green })).rejects.toMatchObject({
      code: 'record-dropped',
      hint: expect.stringContaining('mask'),
    });
  });

  it('refuses a record with another digest', async () => {
    offerEntries(github, [images, web]);
    const recordDigest = `sha256:${'0'.repeat(64)}`;

    await expect(
      collect({ barrier: 'end', needs: green, ...offerPrevious(), recordDigest }),
    ).rejects.toMatchObject({
      code: 'record-mismatch',
    });
  });

  it('a failed images stage needs no record before it, and everything that is there is recorded', async () => {
    offerEntries(github, [entryOf('images', 'shop', { result: 'failure' })]);
    const needs = needsOf({ decide: 'success', images: 'failure', collect: 'failure', deploy: 'skipped' });

    const result = await collect({ barrier: 'end', needs });

    expect(result.failure).toMatchObject({ code: 'leg-failed' });
    expect(result.outputs['record-file']).not.toBe('');
  });

  it('succeeds without asking GitHub when there was nothing to do', async () => {
    const decision = JSON.stringify(
      decisionOf({ nothing: 'covered by #7', images: [], targets: [], stages: [] }),
    );
    const needs = needsOf({ decide: 'success', images: 'skipped', collect: 'skipped', deploy: 'skipped' });

    const result = await collect({ barrier: 'end', decision, needs });

    expect(result).toEqual({ outputs: { nothing: 'covered by #7' } });
    expect(github.calls).toEqual([]);
    expect(deps.core.summary()).toContain('nothing to do');
  });

  it.each([
    ['failure', 'stage-failed'],
    ['cancelled', 'cancelled'],
    ['success', 'record-dropped'],
  ] as const)('an empty decision after decide ended with %s is %s', async (result, code) => {
    await expect(
      collect({ barrier: 'end', decision: '', needs: needsOf({ decide: result }) }),
    ).rejects.toMatchObject({
      code,
    });
  });

  it('an unreadable decision is refused', async () => {
    await expect(collect({ decision: '{"schemaVersion":2}' })).rejects.toMatchObject({
      code: 'decision-unreadable',
    });
  });

  it('hostile names show as themselves in the summary', async () => {
    const branch = 'feature/<img src=x>|`code`@team';
    offerEntries(github, [images, web]);

    await collect({ decision: JSON.stringify(decisionOf({ branch })) });

    expect(deps.core.summary()).not.toMatch(/<img|@team/);
  });
});
