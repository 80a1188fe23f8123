// The attempts of a run over REST: who started which, how it ended, and when there are no more.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunRequest, RunState } from '../../src/model.js';
import { addRun, openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;
let asked: RunRequest[];

beforeEach(async () => {
  workshop = await openWorkshop();
  asked = [];
  workshop.host.onRunRequest((request) => asked.push(request));
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

async function runOf(more: Partial<RunState>): Promise<RunState> {
  await pushFeature(workshop, 'feature/a', { a: 'a' });
  const event = workshop.events.find(({ name }) => name === 'push');
  if (event === undefined) throw new Error('the push raised no event');
  return addRun(workshop, event, more);
}

const read = async (path: string): Promise<readonly [number, unknown]> => {
  const { status, data } = await workshop.bob.request('GET', `/repos/acme/shop/actions/runs/${path}`);
  return [status, data];
};

describe('a run in its second attempt', () => {
  const second = {
    attempt: 2,
    conclusion: 'success',
    triggeringActor: 'ann',
    title: 'Release 1.0.0',
    formerAttempts: [{ attempt: 1, conclusion: 'failure', triggeringActor: 'bob', completedAt: 1_000 }],
  } as const;

  it('shows the current one, and the former as it ended', async () => {
    const { id } = await runOf(second);
    const current = { run_attempt: 2, conclusion: 'success', triggering_actor: { login: 'ann' } };

    expect(await read(`${id}`)).toMatchObject([
      200,
      { ...current, actor: { login: 'bob' }, display_title: 'Release 1.0.0' },
    ]);
    expect(await read(`${id}/attempts/2`)).toMatchObject([200, current]);
    expect(await read(`${id}/attempts/1`)).toMatchObject([
      200,
      { run_attempt: 1, conclusion: 'failure', triggering_actor: { login: 'bob' }, status: 'completed' },
    ]);
    expect((await read(`${id}/attempts/3`))[0]).toBe(404);
  });

  it.each([
    ['its failed jobs by a job that may', { conclusion: 'failure' }, { actions: 'write' }, 0, 201],
    ['nothing when none failed', { conclusion: 'success' }, { actions: 'write' }, 0, 403],
    ['nothing for a job that may not', { conclusion: 'failure' }, { actions: 'read' }, 0, 403],
    ['nothing after thirty days', { conclusion: 'failure' }, { actions: 'write' }, 31, 403],
    ['nothing after fifty attempts', { conclusion: 'failure', attempt: 50 }, { actions: 'write' }, 0, 403],
  ] as const)('runs again %s', async (_name, more, permissions, days, expected) => {
    const { id } = await runOf({ ...second, ...more });
    workshop.clock.advance(days * 24 * 3_600_000);
    const token = workshop.jobToken(permissions);
    const path = `/repos/acme/shop/actions/runs/${id}/rerun-failed-jobs`;
    const response = await workshop.ask(token, path, { method: 'POST' });

    expect(response.status).toBe(expected);
    expect(asked).toEqual(
      expected === 201 ? [{ kind: 'rerun-failed', runId: id, login: 'github-actions[bot]' }] : [],
    );
  });
});
