// A failed step waits: what it tells, what an edit changes, how it goes on.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { runCommand } from '@headgate/kit/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { editedFolders, type SeededFolder } from '../../src/parts/git-edits.js';
import { createPauses, type PausedStep, type Pauses, type RetryEnd } from '../../src/runner/pauses.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal, repository } from '../support/rehearsal.js';

const workflow = '.github/workflows/x.yml';

let rehearsal: Rehearsal;
let pauses: Pauses;
let folder: string;
let seeded: Map<string, SeededFolder>;
let tellPaused: () => void;

beforeEach(async () => {
  seeded = new Map();
  tellPaused = () => undefined;
  pauses = createPauses(systemClock.now, () => tellPaused());
  rehearsal = await createRehearsal({
    pausing: () => ({ pauses, edits: editedFolders(seeded, runCommand) }),
  });
  folder = join(rehearsal.host.root, 'application');
});
afterEach(() => rehearsal.close());

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Puts the files into the folder that people edit, pushes them, and waits for the first pause. */
async function startPaused(files: Readonly<Record<string, string>>): Promise<[RunState, PausedStep]> {
  write(files);
  const paused = nextPause();
  const run = await rehearsal.start(files);
  const bare = rehearsal.host.gitDirectory(repository);
  seeded.set(repository, { files: folder, bare, commit: run.event.sha });
  return [run, await paused];
}

function nextPause(): Promise<PausedStep> {
  return new Promise((resolve) => {
    tellPaused = () => {
      const [step] = pauses.list();
      if (step !== undefined) resolve(step);
    };
  });
}

function decide(step: PausedStep, decision: 'retry' | 'give-up' = 'retry'): Promise<RetryEnd> {
  return pauses.decide(step.jobId, decision) ?? Promise.reject(new Error('nothing is paused'));
}

const jobOf = (steps: string): string =>
  `on: push\njobs:\n  test:\n    runs-on: x\n    outputs: { said: "\${{ steps.s.outputs.said }}" }\n    steps:\n${steps}`;
const checkout = '      - uses: actions/checkout@v4\n';

describe('a step that fails', () => {
  const files = {
    [workflow]: `${jobOf(`${checkout}      - run: echo "TOUCHED=yes" >> "$GITHUB_ENV"; echo built > built.txt
      - { id: s, run: 'echo "LEFT=over" >> "$GITHUB_ENV"; sh check.sh; echo "said=$TOUCHED $(cat built.txt) $LEFT" >> "$GITHUB_OUTPUT"' }
`)}  next: { needs: test, runs-on: x, steps: [{ run: 'echo "heard \${{ needs.test.outputs.said }}"' }] }\n`,
    'check.sh': 'echo looking; exit 3\n',
  };

  it('keeps its job and says what failed and where to look', async () => {
    const [run, paused] = await startPaused(files);

    expect(paused).toMatchObject({ job: 'test', runId: run.id, attempts: 1, action: null });
    expect(paused.cause).toEqual(['Process completed with exit code 3.']);
    expect(paused.tail).toContain('looking');
    expect(paused.workflow).toBe(`${join(folder, workflow)}:9`);
    expect(readFileSync(join(paused.folder, 'built.txt'), 'utf8')).toBe('built\n');
    expect(readFileSync(paused.logFile, 'utf8')).toContain('looking');
    expect(jobNamed(run, 'test').status).toBe('in_progress');
  });

  it('passes after an edit in the application, and the run goes on to its end', async () => {
    const [run, paused] = await startPaused(files);
    write({ 'check.sh': 'echo fine\n' });

    expect(await decide(paused)).toBe('passed');
    await rehearsal.engine.finished(run.id);

    expect(run.conclusion).toBe('success');
    expect(jobNamed(run, 'next').log).toContain('heard yes built \n');
    expect(jobNamed(run, 'test').log).toContain('edited after the commit: check.sh');
    expect(jobNamed(run, 'test').annotations).toEqual([]);
  });

  it('is paused again when it fails again, and then given up', async () => {
    const [run, paused] = await startPaused(files);
    write({ 'check.sh': 'exit 4\n' });

    expect(await decide(paused)).toBe('failed');
    const [again] = pauses.list();
    expect(again).toMatchObject({ attempts: 2, cause: ['Process completed with exit code 4.'] });

    expect(await decide(again ?? paused, 'give-up')).toBe('given-up');
    await rehearsal.engine.finished(run.id);
    expect(conclusions(run)).toEqual({ test: 'failure', next: 'skipped' });
    expect(existsSync(paused.folder)).toBe(false);
  });

  it('passes after an edit of its own lines in the workflow', async () => {
    const [run, paused] = await startPaused(files);
    write({ [workflow]: files[workflow].replace('sh check.sh', 'true') });

    expect(await decide(paused)).toBe('passed');
    expect((await rehearsal.engine.finished(run.id)).conclusion).toBe('success');
  });

  it('stays paused when the workflow was edited into something that cannot be read', async () => {
    const [, paused] = await startPaused(files);
    write({ [workflow]: 'on: push\njobs: [\n' });

    expect(await decide(paused)).toBe('failed');
    expect(pauses.list()[0]?.cause.join()).toContain(workflow);
  });

  it('stays paused when its line is gone from the workflow', async () => {
    const [, paused] = await startPaused(files);
    write({ [workflow]: files[workflow].replace('id: s,', 'id: other,') });

    expect(await decide(paused)).toBe('failed');
    expect(pauses.list()[0]?.cause.join()).toContain('no step s in job test any more');
  });

  it('keeps an edit in its own folder where the application has none', async () => {
    const [run, paused] = await startPaused(files);
    writeFileSync(join(paused.folder, 'check.sh'), 'true\n');

    expect(await decide(paused)).toBe('passed');
    expect((await rehearsal.engine.finished(run.id)).conclusion).toBe('success');
  });

  it('loses a file that was deleted in the application', async () => {
    const [, paused] = await startPaused(files);
    rmSync(join(folder, 'check.sh'));

    expect(await decide(paused)).toBe('failed');
    expect(existsSync(join(paused.folder, 'check.sh'))).toBe(false);
  });

  it('ends at once when its run is cancelled', async () => {
    const [run] = await startPaused(files);
    await rehearsal.engine.cancel(run.id);

    expect((await rehearsal.engine.finished(run.id)).conclusion).toBe('cancelled');
    expect(pauses.list()).toEqual([]);
  });

  it('does not pause where a failure is what is expected', async () => {
    pauses.wanted = false;
    write(files);

    expect((await rehearsal.push(files)).conclusion).toBe('failure');
  });

  it('does not pause where its failure is forgiven', async () => {
    const run = await rehearsal.push({
      [workflow]: jobOf(`      - { run: 'false', continue-on-error: true }\n`),
    });

    expect(run.conclusion).toBe('success');
  });
});

describe('after a step was tried again', () => {
  it('later jobs get the edited files when they check the same commit out', async () => {
    const files = {
      [workflow]: `${jobOf(`${checkout}      - run: sh check.sh\n`)}  next:
    needs: test
    runs-on: x
    steps: [{ uses: actions/checkout@v4 }, { run: sh check.sh }]\n`,
      'check.sh': 'exit 1\n',
    };
    const [run, paused] = await startPaused(files);
    write({ 'check.sh': 'echo mended\n' });
    await decide(paused);
    await rehearsal.engine.finished(run.id);

    expect(jobNamed(run, 'next').log).toContain('mended');
  });

  it('an action of the repository runs as it is edited, with one post part', async () => {
    const action = `name: a
description: a
runs: { using: node24, main: main.js, post: post.js }
`;
    const files = {
      [workflow]: jobOf(`${checkout}      - uses: $/act\n`),
      'act/action.yml': action,
      'act/main.js': 'process.exitCode = 1;\n',
      'act/post.js': 'console.log("post", process.env.STATE_kept);\n',
    };
    const [run, paused] = await startPaused(files);
    expect(paused.action).toBe(join(folder, 'act'));
    write({ 'act/main.js': 'require("fs").appendFileSync(process.env.GITHUB_STATE, "kept=edited\\n");\n' });

    expect(await decide(paused)).toBe('passed');
    await rehearsal.engine.finished(run.id);
    expect(jobNamed(run, 'test').log.match(/^post .*$/gmu)).toEqual(['post edited']);
  });

  it('names the line of a composite action and reads it again', async () => {
    const composite = (run: string): string => `name: a
description: a
runs:
  using: composite
  steps:
    - { shell: bash, run: "true" }
    - { shell: bash, run: "${run}" }
`;
    const files = { [workflow]: jobOf(`      - uses: $/act\n`), 'act/action.yml': composite('false') };
    const [run, paused] = await startPaused(files);
    expect(paused.action).toBe(`${join(folder, 'act/action.yml')}:7`);
    write({ 'act/action.yml': composite('true') });

    expect(await decide(paused)).toBe('passed');
    expect((await rehearsal.engine.finished(run.id)).conclusion).toBe('success');
  });
});

describe('what waits', () => {
  it('shows no secret', async () => {
    await rehearsal.close();
    rehearsal = await createRehearsal({
      settings: { secrets: { TOKEN: 'hunter2-hunter2' } },
      pausing: () => ({ pauses, edits: editedFolders(seeded, runCommand) }),
    });
    folder = join(rehearsal.host.root, 'application');
    const [, paused] = await startPaused({
      [workflow]: jobOf(
        `      - { name: "Say \${{ secrets.TOKEN }}", run: 'echo "::error::$T"; exit 1', env: { T: "\${{ secrets.TOKEN }}" } }\n`,
      ),
    });

    expect(paused.step).toBe('Say ***');
    expect(JSON.stringify(paused)).not.toContain('hunter2');
    expect(readFileSync(paused.logFile, 'utf8')).not.toContain('hunter2');
  });

  it('counts the time of several jobs once', async () => {
    let now = 0;
    const counted = createPauses(() => now);
    const step = (jobId: number): PausedStep => ({ jobId }) as PausedStep;
    const { signal } = new AbortController();
    const first = counted.hold(step(1), signal);
    now = 10;
    const second = counted.hold(step(2), signal);
    now = 30;
    void counted.decide(1, 'give-up');
    await first;
    now = 50;
    void counted.decide(2, 'give-up');
    await second;
    now = 90;

    expect([counted.heldMs(), counted.heldMs(1), counted.heldMs(2)]).toEqual([50, 30, 40]);
    expect(counted.decide(1, 'retry')).toBeNull();
  });
});
