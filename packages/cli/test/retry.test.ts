// `headgate retry` against a rehearsal that is paused: which one, which job, and how it ended.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Control, controlName, startControl } from '@headgate/rehearsal/parts/pause-control';
import { createPauses, type PausedStep, type Pauses } from '@headgate/rehearsal/runner/pauses';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

let folder = '';
let control: Control;
let pauses: Pauses;
const job = new AbortController();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-retry-'));
  pauses = createPauses(() => 0);
  control = await startControl(join(folder, controlName), '/srv/shop', pauses);
});
afterEach(async () => {
  await control.stop();
  await rm(folder, { recursive: true, force: true });
});

function step(jobId: number, name: string, attempts = 1): PausedStep {
  return {
    runId: 1,
    jobId,
    job: name,
    step: 'Run npm test',
    attempts,
    cause: ['Process completed with exit code 1.'],
    tail: ['1 failed'],
    workflow: '/srv/shop/.github/workflows/x.yml:7',
    action: null,
    folder: '/tmp/job/shop',
    logFile: '/tmp/job/job.log',
  };
}

/** A job that is held, and after a retry ends as said. */
async function play(paused: PausedStep, end: 'passes' | 'fails'): Promise<void> {
  if ((await pauses.hold(paused, job.signal)) === 'give-up') return;
  if (end === 'passes') pauses.settled(paused.jobId, true);
  else await pauses.hold({ ...paused, attempts: paused.attempts + 1 }, job.signal);
}

async function retry(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const host = testHost({ directory: folder });
  const code = await run(['retry', ...args, '--run', folder], host);
  return { code, output: host.output(), errors: host.errors() };
}

describe('headgate retry', () => {
  it('says that the step passed', async () => {
    void play(step(1, 'test'), 'passes');

    const { code, output } = await retry();

    expect([code, output]).toEqual([
      0,
      'trying again test: "Run npm test"\n✓ test: "Run npm test" passed; the rehearsal goes on\n',
    ]);
  });

  it('says why it failed again, and where to look', async () => {
    void play(step(1, 'test'), 'fails');

    const { code, output } = await retry();

    expect(code).toBe(1);
    expect(output).toContain('failed again, attempt 2');
    expect(output).toContain('    | 1 failed\n  workflow  /srv/shop/.github/workflows/x.yml:7\n');
  });

  it('gives a step up', async () => {
    void play(step(1, 'test'), 'fails');

    const { code, output } = await retry('--give-up');

    expect(code).toBe(0);
    expect(output).toContain('is given up');
    expect(pauses.list()).toEqual([]);
  });

  it('asks for the job where several are paused, and takes a part of its name', async () => {
    void play(step(1, 'flow / test'), 'passes');
    void play(step(2, 'flow / lint'), 'passes');

    const { code, errors } = await retry();
    expect(code).toBe(2);
    expect(errors).toContain('2 jobs are paused\n  Name one: "flow / test", "flow / lint".');

    expect((await retry('lint')).code).toBe(0);
    expect(pauses.list().map(({ jobId }) => jobId)).toEqual([1]);
    expect((await retry('deploy')).errors).toContain('no paused job is called deploy');
  });

  it('has nothing to do where nothing is paused, and where nobody listens', async () => {
    expect((await retry()).errors).toContain('no rehearsal is paused');
    await control.stop();

    const { code, errors } = await retry();
    expect([code, errors]).toEqual([2, expect.stringContaining('headgate rehearse --pause-on-failure')]);
  });

  it('finds a rehearsal of the same user by itself', async () => {
    const end = play(step(1, 'a job of this test alone'), 'passes');
    const host = testHost({ directory: folder });

    const code = await run(['retry', 'a job of this test alone'], host);

    // Another rehearsal on this machine may be paused too: then its folder is asked for.
    if (code === 0) await end;
    else expect(host.errors()).toContain(`--run ${folder} (/srv/shop)`);
  });

  it('says so when the rehearsal ends meanwhile', async () => {
    const held = pauses.hold(step(1, 'test'), job.signal);
    void held.then(() => control.stop());

    const { code, errors } = await retry();

    expect(code).toBe(3);
    expect(errors).toContain('the rehearsal ended before the step did');
  });

  it('shows nothing that moves the cursor', async () => {
    void play({ ...step(1, 'te\u001b[2Jst'), cause: ['\u001b]0;title\u0007'] }, 'fails');

    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect((await retry()).output).not.toMatch(/[\u001b\u0007]/u);
  });
});
