// A run that goes on from a former rehearsal: what it takes over, what it does again.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { runCommand } from '@headgate/kit/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type EngineOptions } from '../../src/engine/engine.js';
import { type KeptRun, withoutLegs } from '../../src/engine/kept-run.js';
import type { RunState } from '../../src/model.js';
import { editedFolders } from '../../src/parts/git-edits.js';
import { isCalled } from '../../src/story/from.js';
import { pushEvent, type TestHost } from '../support/host.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal, repository } from '../support/rehearsal.js';

const workflow = '.github/workflows/x.yml';
const text = (marker: string): string => `on: push
jobs:
  made:
    runs-on: x
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps:
      - { id: s, run: 'echo "said=$(date +%s%N)" >> "$GITHUB_OUTPUT"; date +%s%N > bytes; echo "# Made" >> "$GITHUB_STEP_SUMMARY"' }
      - { uses: actions/upload-artifact@v4, with: { name: bytes, path: bytes } }
  call:
    needs: made
    uses: ./.github/workflows/callee.yml
  plan: { needs: made, runs-on: x, environment: staging, steps: [{ run: 'true' }] }
  never: { if: false, runs-on: x, steps: [{ run: 'true' }] }
  still:
    needs: [made, never]
    if: \${{ !cancelled() }}
    runs-on: x
    steps: [{ run: 'true' }]
  last:
    needs: [made, call, plan]
    runs-on: x
    steps:
      - { uses: actions/download-artifact@v4, with: { name: bytes } }
      - run: 'test ! -e "${marker}"; echo "heard \${{ needs.made.outputs.said }} $(cat bytes)"'
`;
const callee = `on: { workflow_call: {} }
jobs:
  one: { runs-on: x, steps: [{ run: 'true' }] }
  two: { needs: one, runs-on: x, steps: [{ run: 'true' }] }
`;

let rehearsal: Rehearsal;
let later: Engine | null = null;
let marker: string;
let files: Record<string, string>;
beforeEach(async () => {
  rehearsal = await createRehearsal();
  marker = join(rehearsal.host.root, 'broken');
  writeFileSync(marker, '');
  files = { [workflow]: text(marker), '.github/workflows/callee.yml': callee };
});
afterEach(async () => {
  await later?.close();
  await rehearsal.close();
});

/** The same event on a new engine whose host has forgotten all runs and artifacts. */
async function goOn(
  kept: readonly KeptRun[],
  more: Partial<EngineOptions> = {},
  sha = kept[0]?.sha ?? '',
): Promise<[RunState, TestHost]> {
  const { host } = rehearsal;
  const fresh = freshHost(host);
  later = createEngine({
    host: fresh,
    workDirectory: join(host.root, 'later'),
    node: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', HOME: host.root },
    clock: systemClock,
    kept,
    ...more,
  });
  const [run] = await later.handle(pushEvent(repository, 'develop', sha));
  if (run === undefined) throw new Error('no run');
  return [await later.finished(run.id), fresh];
}

function freshHost(host: TestHost): TestHost {
  const artifacts: ReturnType<TestHost['addArtifact']>[] = [];
  let id = 10_000;
  const nextId = (): number => {
    id += 1;
    return id;
  };
  return {
    ...host,
    runs: new Map(),
    nextId,
    addArtifact: (given) => {
      const added = { ...given, id: given.id ?? nextId(), digest: 'sha256:', createdAt: 0 };
      artifacts.push(added);
      return added;
    },
    artifacts: ({ runId, name }) =>
      artifacts.filter((each) => each.runId === runId && (name === undefined || each.name === name)),
  };
}

describe('a run of a former rehearsal', () => {
  it('is taken over with outputs, summaries and artifacts up to what failed', async () => {
    const before = await rehearsal.push(files);
    const [artifact] = rehearsal.host.artifacts({ repository, runId: before.id });
    expect(conclusions(before)).toMatchObject({ made: 'success', last: 'failure' });
    rmSync(marker);

    const [run, host] = await goOn(rehearsal.engine.keep());

    expect(run).toMatchObject({ id: before.id, conclusion: 'success' });
    expect(run.jobs.filter(({ reused }) => reused).map(({ name }) => name)).toEqual([
      'made',
      'call / one',
      'call / two',
      'still',
    ]);
    expect(jobNamed(run, 'never').conclusion).toBe('skipped');
    expect(jobNamed(run, 'made')).toMatchObject({ conclusion: 'success', summary: '# Made\n' });
    expect(jobNamed(run, 'last').log).toContain(`heard ${jobNamed(before, 'made').outputs['said']} `);
    expect(host.artifacts({ repository, runId: run.id }).map(({ id }) => id)).toEqual([artifact?.id]);
  });

  it('does jobs of an environment again: what they did to it is gone', async () => {
    await rehearsal.push(files);
    const [run] = await goOn(rehearsal.engine.keep());

    expect(jobNamed(run, 'plan').reused).toBeUndefined();
  });

  it('starts at a job inside a call, and at what needs it', async () => {
    rmSync(marker);
    await rehearsal.push(files);
    const kept = rehearsal.engine
      .keep()
      .map((each) => withoutLegs(each, ({ name }) => name === 'call / two'));

    const [run] = await goOn(kept);

    expect(run.jobs.filter(({ reused }) => reused).map(({ name }) => name)).toEqual([
      'made',
      'still',
      'call / one',
    ]);
    expect(run.conclusion).toBe('success');
  });

  it('can be gone on from again', async () => {
    await rehearsal.push(files);
    await goOn(rehearsal.engine.keep());
    const again = later?.keep() ?? [];
    rmSync(marker);
    await later?.close();

    const [run, host] = await goOn(again);

    expect(run.conclusion).toBe('success');
    expect(run.jobs.filter(({ reused }) => reused)).toHaveLength(4);
    expect(host.artifacts({ repository, runId: run.id })).toHaveLength(1);
  });

  it('is left alone when the commit is another one', async () => {
    await rehearsal.push(files);
    const [kept] = rehearsal.engine.keep();
    const other = rehearsal.host.commit(repository, 'develop', { other: 'file' });

    const [run] = await goOn(kept === undefined ? [] : [kept], {}, other);

    expect(run.id).not.toBe(kept?.id);
    expect(run.jobs.some(({ reused }) => reused)).toBe(false);
  });

  it('reads workflows and files as they were edited since', async () => {
    const before = await rehearsal.push({ ...files, 'said.txt': 'old\n' });
    rmSync(marker);
    const folder = join(rehearsal.host.root, 'application');
    const edited = {
      ...files,
      [workflow]: text(marker).replace("'test !", "'echo edited; test !"),
    };
    for (const [path, content] of Object.entries(edited)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const bare = rehearsal.host.gitDirectory(repository);
    const seeded = new Map([[repository, { files: folder, bare, commit: before.event.sha }]]);

    const [run] = await goOn(rehearsal.engine.keep(), { laidOver: editedFolders(seeded, runCommand) });

    expect(jobNamed(run, 'last').log).toContain('edited');
    expect(jobNamed(run, 'made').reused).toBe(true);
  });
});

describe('a job is meant by', () => {
  it.each([
    ['test', 'test', true],
    ['flow / images / image (shop)', 'flow / images / image (shop)', true],
    ['flow / images / image (shop)', 'image (shop)', true],
    ['flow / images / image (shop)', 'image', true],
    ['flow / images / image (shop)', 'flow / images', true],
    ['flow / images / image (shop)', 'images', true],
    ['flow / images / image (shop)', 'mage', false],
    ['flow / images / image (shop)', 'shop', false],
    ['tests', 'test', false],
  ])('%s: %s, %s', (name, wanted, meant) => {
    expect(isCalled(name, wanted)).toBe(meant);
  });
});
