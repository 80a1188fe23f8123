// Environments whose jobs wait: for required reviewers, for a timer.
import { type Clock, systemClock } from '@headgate/kit/clock';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import type { EnvironmentSettings } from '../../src/repository-settings.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

const workflow = `on: push
jobs:
  before: { runs-on: x, steps: [{ run: "true" }] }
  deploy: { needs: before, environment: production, runs-on: x, steps: [{ env: { KEY: "\${{ secrets.KEY }}" }, run: 'echo "\${#KEY}"' }] }
  also: { needs: before, environment: production, runs-on: x, steps: [{ run: "true" }] }
  else: { needs: before, environment: staging, runs-on: x, steps: [{ run: "true" }] }
  after: { needs: [deploy, also], if: "!cancelled()", runs-on: x, steps: [{ run: 'echo "\${{ needs.deploy.result }}"' }] }
`;

describe('a job with an environment', () => {
  let rehearsal: Rehearsal;
  afterEach(() => rehearsal.close());

  /** Pushed by ann; returns once every job that waits does. */
  async function waiting(rules: Partial<EnvironmentSettings>, clock: Clock = systemClock): Promise<RunState> {
    const both = Promise.withResolvers<void>();
    const production = { variables: {}, secrets: { KEY: 'a-secret' }, branches: [], ...rules };
    rehearsal = await createRehearsal({
      clock,
      settings: { environments: { production } },
      onChange: (run) => {
        if (run.jobs.filter(({ status }) => status === 'waiting').length === 2) both.resolve();
      },
    });
    const run = await rehearsal.start({ '.github/workflows/x.yml': workflow });
    await both.promise;
    return run;
  }

  it('waits until one of its required reviewers approves, and so do all others of the run', async () => {
    const run = await waiting({ reviewers: ['linus', 'margaret'] });
    expect(jobNamed(run, 'deploy')).toMatchObject({ status: 'waiting', startedAt: null });
    rehearsal.engine.review(run.id, { environment: 'production', login: 'Margaret', approved: true });
    await rehearsal.engine.finished(run.id);

    expect(run.conclusion).toBe('success');
    expect(jobNamed(run, 'deploy').log).toContain('\n8\n');
    expect(rehearsal.host.deployments.filter(([name]) => name === 'production')).toHaveLength(2);
  });

  it('fails when a reviewer rejects it, and leaves no deployment', async () => {
    const run = await waiting({ reviewers: ['linus'] });
    rehearsal.engine.review(run.id, {
      environment: 'production',
      login: 'linus',
      approved: false,
      comment: 'not on a Friday',
    });
    await rehearsal.engine.finished(run.id);

    expect(conclusions(run)).toMatchObject({ deploy: 'failure', also: 'failure', else: 'success' });
    expect(jobNamed(run, 'deploy').annotations[0]?.message).toBe(
      'linus rejected the deployment to production: not on a Friday',
    );
    expect(jobNamed(run, 'after').log).toContain('\nfailure\n');
    expect(rehearsal.host.deployments.map(([name]) => name)).toEqual(['staging']);
  });

  it.each([
    [
      'somebody else',
      { environment: 'production', login: 'mona', approved: true },
      'mona is no required reviewer',
    ],
    [
      'who started it, where that is ruled out',
      { environment: 'production', login: 'ann', approved: true },
      'ann started the deployment',
    ],
    [
      'a reviewer of what does not wait',
      { environment: 'staging', login: 'linus', approved: true },
      'waits for staging',
    ],
  ])('is not moved by %s', async (_name, review, message) => {
    const run = await waiting({ reviewers: ['linus', 'ann'], preventSelfReview: true });

    expect(() => rehearsal.engine.review(run.id, review)).toThrow(message);
    expect(jobNamed(run, 'deploy').status).toBe('waiting');
  });

  it('ends with a cancel while it waits', async () => {
    const run = await waiting({ reviewers: ['linus'] });
    await rehearsal.engine.cancel(run.id);
    await rehearsal.engine.finished(run.id);

    expect(conclusions(run)).toMatchObject({ deploy: 'cancelled', also: 'cancelled', after: 'skipped' });
  });

  it('fails when nobody has approved it within thirty days', async () => {
    const day = 24 * 3_600_000;
    const run = await waiting(
      { reviewers: ['linus'] },
      { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms === day ? 2 : ms, signal) },
    );
    await rehearsal.engine.finished(run.id);

    expect(jobNamed(run, 'deploy').annotations[0]?.message).toBe(
      'nobody approved the deployment to production within 30 days',
    );
  });

  it('waits for its timer', async () => {
    const waited: number[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        if (ms === 30 * 60_000) waited.push(ms);
        return systemClock.sleep(ms === 30 * 60_000 ? 20 : ms, signal);
      },
    };
    const run = await waiting({ waitMinutes: 30 }, clock);
    await rehearsal.engine.finished(run.id);

    expect(run.conclusion).toBe('success');
    expect(waited).toHaveLength(2);
  });
});
