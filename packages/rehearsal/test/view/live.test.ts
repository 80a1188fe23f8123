// The living picture: state in, lines out.
import { describe, expect, it } from '@jest/globals';
import { type LiveState, renderLive } from '../../src/view/live.js';
import { noPaint } from '../../src/view/marks.js';
import { job, run, step } from './states.js';

const running = run(
  [
    job('flow / decide'),
    job('flow / image', {
      status: 'in_progress',
      conclusion: null,
      completedAt: null,
      steps: [
        {
          number: 2,
          name: 'Build',
          status: 'in_progress',
          conclusion: null,
          startedAt: 1_000,
          completedAt: null,
        },
      ],
    }),
    job('flow / deploy', { status: 'queued', conclusion: null, startedAt: null, completedAt: null }),
  ],
  { status: 'in_progress', conclusion: null },
);

const state: LiveState = {
  story: 'first',
  steps: [
    { name: 'Pushed', beganAt: 0, result: step('Pushed') },
    { name: 'Merged', beganAt: 1_000, result: null },
    { name: 'Later', beganAt: null, result: null },
  ],
  runs: [running],
  load: {
    requests: 12_345,
    failed: 1,
    p50ms: 2,
    p99ms: 9.5,
    elapsedMs: 1,
    rate: 700,
    sinceFirst: 0,
    window: null,
    failures: [],
  },
  now: 5_000,
};
const screen = { width: 41, height: 50, paint: noPaint };

describe('a failure that waits', () => {
  it('is marked in its job and told below everything else, wrapped and never cut', () => {
    const jobs = [job('image', { id: 7, status: 'in_progress', conclusion: null, completedAt: null })];
    const paused = [{ jobId: 7, lines: ['⏸ image failed', `  folder  /tmp/${'x'.repeat(40)}`] }];
    const lines = renderLive({ ...state, runs: [run(jobs)], load: null, paused }, { ...screen, height: 9 });

    expect(lines).toContain('    ⏸ image  4.0 s');
    expect(lines.slice(-4)).toEqual([
      '',
      '⏸ image failed',
      `  folder  /tmp/${'x'.repeat(26)}`,
      'x'.repeat(14),
    ]);
  });
});

describe('the living picture', () => {
  it('shows ended steps in one line, the open one with its jobs, and the load', () => {
    expect(renderLive(state, screen)).toEqual([
      'first',
      '✓ Pushed                           4.2 s',
      '● Merged                           4.0 s',
      '  ● push develop',
      '    ✓ flow / decide  2.5 s',
      '    ● flow / image  4.0 s  Build',
      '    ○ flow / deploy',
      '○ Later',
      '  load  12,345 requests at 700/s, 1 fail…',
    ]);
  });

  it('is never wider than the screen', () => {
    const steps = state.steps.map((each) => ({ ...each, name: 'a very long name '.repeat(9) }));
    const runs = [run([job('flow / '.repeat(30))], { headBranch: 'feature/'.repeat(20) })];

    const lines = renderLive({ ...state, story: 'long '.repeat(20), steps, runs }, screen);

    expect(Math.max(...lines.map((line) => line.length))).toBe(41);
  });

  it('on a low screen leaves out ended steps, then those to come, and keeps what is going on', () => {
    expect(renderLive(state, { ...screen, height: 7 })).toEqual([
      'first',
      '● Merged                           4.0 s',
      '  ● push develop',
      '    ✓ flow / decide  2.5 s',
      '    ● flow / image  4.0 s  Build',
      '    ○ flow / deploy',
      '  load  12,345 requests at 700/s, 1 fail…',
    ]);
  });

  it('never has more lines than the screen, and keeps the newest', () => {
    const lines = renderLive(state, { ...screen, height: 3 });

    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain('load');
  });

  it('shows a failed step as failed', () => {
    const steps = [{ name: 'Pushed', beganAt: 0, result: step('Pushed', { ok: false }) }];

    expect(renderLive({ ...state, steps, load: null }, screen)[1]).toMatch(/^✗ Pushed/);
  });
});
