// A runner that is lost in the middle of its job.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobState, RunState } from '../../src/model.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

describe('a runner that is lost', () => {
  let rehearsal: Rehearsal;
  let root: string;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
    ({ root } = rehearsal.host);
  });
  afterEach(() => rehearsal.close());

  // The script's child makes a session and an environment of its own: neither saves it from the end of its machine.
  const files = (): Record<string, string> => ({
    '.github/workflows/x.yml': `on: push
jobs:
  before:
    runs-on: x
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps: [{ id: s, run: 'echo said=kept >> "$GITHUB_OUTPUT"; echo x >> ${root}/before' }]
  work:
    needs: before
    runs-on: x
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps:
      - id: s
        run: |
          test -e ${root}/again && exit 0
          echo said=lost >> "$GITHUB_OUTPUT"
          env -i PATH="$PATH" setsid sh -c 'trap "" INT TERM; echo $$ > ${root}/child; exec sleep 300' &
          trap 'echo tidied > ${root}/tidied' EXIT INT TERM
          wait
      - if: always()
        run: echo later >> ${root}/later
  after:
    needs: [before, work]
    if: always()
    runs-on: x
    steps: [{ run: 'echo "\${{ needs.work.result }} \${{ needs.before.outputs.said }} [\${{ needs.work.outputs.said }}]"' }]
`,
  });

  const until = async (holds: () => boolean): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!holds() && Date.now() < end) await systemClock.sleep(20);
    expect(holds()).toBe(true);
  };

  const lost = async (): Promise<{ run: RunState; job: JobState; child: number }> => {
    const run = await rehearsal.start(files());
    const child = join(root, 'child');
    await until(() => existsSync(child) && readFileSync(child, 'utf8').endsWith('\n'));
    const job = jobNamed(run, 'work');
    rehearsal.engine.loseRunner(job.id);
    await rehearsal.engine.finished(run.id);
    return { run, job, child: Number(readFileSync(child, 'utf8')) };
  };

  const isAlive = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('fails its job without outputs; no later step runs and no process outlives it', async () => {
    const { run, job, child } = await lost();

    expect(conclusions(run)).toEqual({ before: 'success', work: 'failure', after: 'success' });
    expect(job.annotations.map(({ message }) => message)).toEqual([
      'The self-hosted runner lost communication with the server.',
    ]);
    expect(job.steps.map(({ conclusion }) => conclusion)).toEqual(['success', 'cancelled']);
    expect(job.outputs).toEqual({});
    expect(jobNamed(run, 'after').log).toContain('failure kept []');
    expect([existsSync(join(root, 'later')), existsSync(join(root, 'tidied'))]).toEqual([false, false]);
    await until(() => !isAlive(child));
  });

  it('leaves a run whose failed jobs can be run again, with what succeeded kept', async () => {
    const { run } = await lost();
    writeFileSync(join(root, 'again'), '');
    await rehearsal.engine.rerun(run.id, 'failed');
    await rehearsal.engine.finished(run.id);

    expect(run.conclusion).toBe('success');
    expect(conclusions(run)).toEqual({ work: 'success', after: 'success' });
    expect(readFileSync(join(root, 'before'), 'utf8')).toBe('x\n');
  });

  it('has a log that can be read while it works', async () => {
    const run = await rehearsal.start(files());
    await until(() => existsSync(join(root, 'child')));
    const job = jobNamed(run, 'work');

    expect(job.log).toContain('Job work, attempt 1');
    expect(job.log).not.toContain('lost communication');

    rehearsal.engine.loseRunner(job.id);
    await rehearsal.engine.finished(run.id);
    expect(Object.getOwnPropertyDescriptor(job, 'log')?.value).toContain('Job work, attempt 1');
  });

  it('must be at work', async () => {
    const run = await rehearsal.push({
      '.github/workflows/x.yml': `on: push
jobs: { quick: { runs-on: x, steps: [{ run: "true" }] } }
`,
    });

    expect(() => rehearsal.engine.loseRunner(jobNamed(run, 'quick').id)).toThrow('no runner works on job');
  });
});
