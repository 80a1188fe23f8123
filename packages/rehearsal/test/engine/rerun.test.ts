// New attempts of a run.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

describe('a new attempt', () => {
  let rehearsal: Rehearsal;
  let marker: string;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
    marker = join(rehearsal.host.root, 'broken');
    writeFileSync(marker, '');
  });
  afterEach(() => rehearsal.close());

  const files = (): Record<string, string> => ({
    '.github/workflows/x.yml': `on: push
jobs:
  good:
    runs-on: x
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps: [{ id: s, run: 'echo "said=attempt $GITHUB_RUN_ATTEMPT" >> "$GITHUB_OUTPUT"' }]
  call:
    needs: good
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    uses: ./.github/workflows/callee.yml
    with: { n: "\${{ matrix.n }}" }
  last:
    needs: [good, call]
    runs-on: x
    steps: [{ run: 'echo "$SAID in $GITHUB_RUN_ATTEMPT by $GITHUB_ACTOR, again by $GITHUB_TRIGGERING_ACTOR"', env: { SAID: "\${{ needs.good.outputs.said }}" } }]
  untouched: { if: false, runs-on: x, steps: [{ run: "true" }] }
`,
    '.github/workflows/callee.yml': `on: { workflow_call: { inputs: { n: { type: number, required: true } } } }
jobs:
  inner: { runs-on: x, steps: [{ run: 'test "\${{ inputs.n }}" = 1 || test ! -e "${marker}"' }] }
`,
  });

  it('of the failed jobs keeps what succeeded, outputs included', async () => {
    const run = await rehearsal.push(files());
    expect(run.conclusion).toBe('failure');
    expect(conclusions(run)).toMatchObject({ 'call (2) / inner': 'failure', last: 'skipped' });

    rmSync(marker);
    await rehearsal.engine.rerun(run.id, 'failed');
    await rehearsal.engine.finished(run.id);

    expect(run.attempt).toBe(2);
    expect(run.conclusion).toBe('success');
    expect(conclusions(run)).toEqual({ 'call (2) / inner': 'success', last: 'success' });
    expect(jobNamed(run, 'last').log).toContain('attempt 1 in 2');
  });

  it('of all jobs keeps nothing', async () => {
    const run = await rehearsal.push(files());
    rmSync(marker);
    await rehearsal.engine.rerun(run.id, 'all');
    await rehearsal.engine.finished(run.id);

    expect(existsSync(marker)).toBe(false);
    expect(Object.keys(conclusions(run))).toHaveLength(5);
    expect(jobNamed(run, 'last').log).toContain('attempt 2 in 2');
  });

  it('knows who asked for it, and keeps who caused the event', async () => {
    const run = await rehearsal.push(files());
    rmSync(marker);
    await rehearsal.engine.rerun(run.id, 'failed', 'bea');
    await rehearsal.engine.finished(run.id);

    expect(run).toMatchObject({ attempt: 2, triggeringActor: 'bea', event: { actor: 'ann' } });
    expect(run.formerAttempts).toEqual([
      { attempt: 1, conclusion: 'failure', triggeringActor: 'ann', completedAt: expect.any(Number) },
    ]);
    expect(jobNamed(run, 'last').log).toContain('by ann, again by bea');
  });

  it('is refused while the run is going on', async () => {
    const run = await rehearsal.start(files());

    await expect(rehearsal.engine.rerun(run.id, 'all')).rejects.toThrow('still going on');
  });
});
