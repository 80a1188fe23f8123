// Two targets of one environment, two runs at once: one approval for both targets, both targets beside each other with the
// same digests, the second run behind the first at the environment's lock, and both come to their end.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decisionOutputs } from '../packages/git-flow/src/decide.js';
import type { JobState, RunState } from '../packages/rehearsal/src/model.js';
import { decideFor } from './decided.js';
import { everything } from './everything.js';
import { holdTargets, openProbedHost, type Probe, type ProbedHost } from './probes.js';

/** `web` and, with all that it has, `api`. */
function twoTargets(): string {
  const [, web = ''] = /^ {6}web:\n((?: {8}.*\n)+)/m.exec(everything) ?? [];
  return everything.replace(web, `${web}      api:\n${web}`);
}

describe('two runs with two targets in one environment', () => {
  const runs: RunState[] = [];
  let host: ProbedHost;
  let probes: readonly Probe[];
  let whileHeld: Readonly<Record<string, readonly string[]>> = {};

  beforeAll(async () => {
    const decision = decideFor({ text: twoTargets() });
    const record = { 'record-file': '@file', 'record-digest': 'sha256:x', 'record-artifact-name': '@name' };
    const entry = { 'entry-file': '@file', 'leg-id': '@name' };
    host = await openProbedHost({
      'git-flow decide': { ...decisionOutputs(decision), plans: '[]', 'machine-images': '[]' },
      'git-flow collect': { ...record, subject: `sha256:${'0'.repeat(64)}`, result: 'success' },
      'git-flow': entry,
      'docker-multistage-build': entry,
      'approval-gate': {
        ...entry,
        asked: 'true',
        url: 'https://example.com',
        deadline: '2026-01-01T00:00:00Z',
      },
      'rolling-deploy': entry,
      notify: entry,
    });
    const held = holdTargets(host);
    runs.push(await host.run());
    await until(
      () => jobsOf(runs[0], 'target').filter(({ status }) => status === 'in_progress').length === 2,
    );
    runs.push(await host.run());
    // The second has its approval, and waits for the environment.
    await until(() => jobsOf(runs[1], 'collect (wait)').some(({ conclusion }) => conclusion === 'success'));
    whileHeld = Object.fromEntries(
      runs.map((run) => [
        run.id,
        run.jobs
          .filter(({ name }) => / roll-out\b/.test(name))
          .map(({ name, status }) => `${name}: ${status}`),
      ]),
    );
    held.go();
    for (const run of runs) await host.engine.finished(run.id);
    probes = host.probes();
  }, 180_000);
  afterAll(() => host.close());

  const of = (run: RunState | undefined, action: string, mode = ''): readonly Probe[] =>
    probes.filter(
      (probe) =>
        probe.action === action && probe.mode === mode && probe.env['GITHUB_RUN_ID'] === String(run?.id),
    );

  it('both come to their end: no deadlock, nothing dropped from the queue', () => {
    expect(runs.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  });

  it('ask for one approval each, whatever the number of targets', () => {
    for (const run of runs) {
      expect(of(run, 'approval-gate', 'request')).toHaveLength(1);
      expect(of(run, 'approval-gate', 'wait')).toHaveLength(1);
      expect(
        of(run, 'notify').filter(({ env }) => /approval-requested/.test(env['INPUT_SETTINGS'] ?? '')),
      ).toHaveLength(1);
    }
  });

  it('move both targets beside each other, to the same digests', () => {
    for (const run of runs) {
      const targets = of(run, 'rolling-deploy', 'deploy');
      const names = targets.map(
        ({ env }) => (JSON.parse(env['INPUT_SETTINGS'] ?? '{}') as { target?: string }).target,
      );
      const given = targets.map(({ env }) => [
        env['INPUT_RECORD-ARTIFACT-ID'],
        env['INPUT_RECORD-DIGEST'],
        env['INPUT_SUBJECT'],
      ]);

      // Each waited for the other: one after the other they would have failed.
      expect(new Set(names)).toEqual(new Set(['web', 'api']));
      expect(given[0]).toEqual(given[1]);
      expect(given[0]?.every((value) => value !== '')).toBe(true);
    }
  });

  it('touch the environment one after the other, in the order in which they came', () => {
    const [first, second] = runs;
    const order = probes
      .filter(({ action }) => action === 'rolling-deploy')
      .map(({ env }) => Number(env['GITHUB_RUN_ID']));

    expect(order).toEqual([first?.id, first?.id, second?.id, second?.id]);
    expect(whileHeld[String(first?.id)]?.some((job) => /target \(web\): in_progress/.test(job))).toBe(true);
    expect(whileHeld[String(second?.id)]?.filter((job) => /in_progress|completed/.test(job))).toEqual([]);
    const recheck = of(second, 'git-flow', 'recheck')[0];
    const last = of(first, 'rolling-deploy', 'deploy').at(-1);
    expect(probes.indexOf(recheck as Probe)).toBeGreaterThan(probes.indexOf(last as Probe));
  });
});

function jobsOf(run: RunState | undefined, name: string): readonly JobState[] {
  return run?.jobs.filter((job) => job.name.split(' / ').at(-1)?.startsWith(name)) ?? [];
}

/** Tried again until it holds; rejects after a minute. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not happen within a minute');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
