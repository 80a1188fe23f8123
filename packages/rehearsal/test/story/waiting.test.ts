// A delivery that waits for people: when a step ends, which runs it judges, and what comes in time.
import { systemClock } from '@headgate/kit/clock';
import { describe, expect, it } from '@jest/globals';
import type { JobState, RunState } from '../../src/model.js';
import { playStory } from '../../src/story/play-story.js';
import { readStory } from '../../src/story/read-story.js';
import { toJson } from '../../src/story/result.js';
import { untilEnded } from '../../src/story/waiting.js';
import type { StoryWorld } from '../../src/story/world.js';
import { job, run } from '../view/states.js';
import { quietWorld } from './worlds.js';

const quiet = { stepBegan: () => undefined, stepEnded: () => undefined, loadOf: () => undefined };

/** A world where a merge starts a run that waits until somebody approves; comments start a run of their own. */
function waitingWorld(changes: Partial<StoryWorld> = {}): StoryWorld & { readonly runs: RunState[] } {
  const runs: RunState[] = [];
  const replies: string[] = [];
  const ended: (() => void)[] = [];
  const base = quietWorld();
  const start = (event: string, jobs: JobState[], more: Partial<RunState> = {}): RunState => {
    const id = runs.length + 1;
    const raised = { ...run([]).event, name: event, sha: `commit ${id}`, payload: { action: 'created' } };
    const state = run(jobs, { id, event: raised, ...more });
    runs.push(state);
    raisedEvents.push(raised);
    return state;
  };
  const raisedEvents: RunState['event'][] = [];
  const waits = { status: 'in_progress', conclusion: null } as const;
  return {
    ...base,
    runs,
    engine: {
      raised: raisedEvents,
      runs: () => runs,
      handled: async () => undefined,
      idle: () =>
        runs.every(({ status }) => status === 'completed')
          ? Promise.resolve()
          : new Promise<void>((resolve) => ended.push(resolve)),
      strike: () => undefined,
      loseRunner: () => undefined,
      cancelAll: async () => undefined,
    },
    people: {
      ...base.people,
      merge: async () =>
        start('push', [job('flow / deploy / wait', { ...waits, id: runs.length + 1 })], waits).event.sha,
      comment: async ({ text }) => {
        start('issue_comment', [job('resume', { conclusion: 'skipped' })]);
        replies.push(`You wrote: ${text}`);
        if (text !== 'yes') return;
        const [waiting] = runs;
        const [gate] = waiting?.jobs ?? [];
        if (waiting === undefined || gate === undefined) throw new Error('nothing waits');
        Object.assign(gate, { status: 'completed', conclusion: 'success' });
        Object.assign(waiting, { status: 'completed', conclusion: 'success' });
        for (const resolve of ended.splice(0)) resolve();
      },
      replies: async () => replies,
    },
    ...changes,
  };
}

const play = (text: string, world: StoryWorld) => playStory(readStory(text, 's.yml'), world, quiet);

const story = (...steps: readonly string[]): string => `story: s\nabout: a\nsteps:\n${steps.join('')}`;
const merged = (wait: string, more = ''): string =>
  `  - name: Merged\n    merge: { branch: release/1.0.0, by: hubot }\n    wait-for: ${wait}\n${more}`;
const said = (text: string, more = ''): string =>
  `  - name: Somebody says ${text}\n    comment: { by: mona, text: "${text}" }\n${more}`;
const meanwhile = '    while-running: true\n';

describe('a step that waits for a job', () => {
  it('ends while its run goes on, which a later step judges', async () => {
    const world = waitingWorld();
    const last = said(
      'yes',
      "    expect: [{ run: { event: push, result: success } }, { job: { name: '*wait', result: success } }]\n",
    );

    const result = await play(story(merged('{ job: "*wait" }'), said('no', meanwhile), last), world);

    expect(result.steps.flatMap(({ problems }) => problems)).toEqual([]);
    const begun = result.steps.map(({ runs }) => runs.map(({ event }) => event.name));
    expect(begun).toEqual([['push'], ['issue_comment'], ['issue_comment']]);
    const judged = result.steps.map(({ continued }) => continued.map(({ event }) => event.name));
    expect(judged).toEqual([[], [], ['push']]);
  });

  it('fails at once when every run ended without it', async () => {
    const never = `  - name: Said\n    comment: { by: mona, text: hm }\n    wait-for: { job: "*wait" }\n`;

    const result = await play(story(never), waitingWorld());

    expect(result.steps[0]?.problems).toEqual([
      'job *wait was expected as in_progress; every run ended before',
    ]);
  });

  it('does not take one that was so before', async () => {
    const world = waitingWorld();
    const second = merged('{ job: "*wait" }', '    within: 60ms\n').replace('Merged', 'Merged again');
    const text = story(merged('{ job: "*wait" }'), second);

    expect((await play(text, world)).steps.map(({ ok }) => ok)).toEqual([true, true]);

    const other = waitingWorld();
    let merges = 0;
    const people = {
      ...other.people,
      merge: async (merge: Parameters<typeof other.people.merge>[0]) => {
        merges += 1;
        if (merges === 1) return other.people.merge(merge);
        const sha = 'commit 1';
        (other.engine.raised as RunState['event'][]).push({ ...run([]).event, sha });
        return sha;
      },
    };
    const result = await play(text, { ...other, people });

    expect(result.steps[1]?.problems[0]).toContain('job *wait was expected as in_progress within 60ms');
  });

  it('looks at runs of the named branch alone', async () => {
    const text = merged('{ job: "*wait", branch: elsewhere }', '    within: 60ms\n');

    const result = await play(story(text), waitingWorld());

    expect(result.steps[0]?.problems[0]).toContain('was expected as in_progress within 60ms');
  });

  it('fails when the job does not come in time', async () => {
    const text = merged('{ job: "*wait", state: completed }', '    within: 60ms\n');

    const result = await play(story(text), waitingWorld());

    expect(result.steps[0]?.problems[0]).toBe(
      'job *wait was expected as completed within 60ms; cancelled while open: flow / deploy / wait (in_progress)',
    );
  });
});

describe('a step while something runs', () => {
  it('judges runs that begin after it has waited', async () => {
    const world = waitingWorld();
    let late = 0;
    const clock = {
      ...systemClock,
      sleep: async (ms: number, signal?: AbortSignal) => {
        late += ms === 100 ? 1 : 0;
        const event = { ...run([]).event, name: 'pull_request' };
        if (late === 2) world.runs.push(run([job('flow / decide')], { id: 9, event }));
        await systemClock.sleep(ms, signal);
      },
    };
    const expected = '    expect: [{ run: { event: pull_request, result: success } }]\n    within: 2s\n';

    const result = await play(story(merged('{ job: "*wait" }', expected)), { ...world, clock });

    expect(result.steps[0]).toMatchObject({ ok: true, problems: [] });
    expect(result.steps[0]?.runs.map(({ event }) => event.name)).toEqual(['push', 'pull_request']);
  });

  it('looks for what is expected until its time is over', async () => {
    let asked = 0;
    const world = waitingWorld();
    const people = {
      ...world.people,
      replies: async () => (++asked < 3 ? [] : ['does not count: you are the author']),
    };
    const expected = (contains: string): string =>
      `${meanwhile}    within: 500ms\n    expect: [{ reply: { contains: ${contains} } }]\n`;

    const result = await play(
      story(merged('{ job: "*wait" }'), said('a', expected('the author')), said('b', expected('a bot'))),
      { ...world, people },
    );

    expect(result.steps.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(result.steps[2]?.problems).toEqual([
      'a reply with "a bot" was expected on the request; found "does not count: you are the author"',
    ]);
  });

  it('judges what must not be there at once', async () => {
    const expected = `${meanwhile}    expect: [nothing-runs: true]\n`;
    let slept = 0;
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => {
        slept += ms === 100 ? 1 : 0;
        return systemClock.sleep(ms, signal);
      },
    };

    const result = await play(
      story(merged('{ job: "*wait" }'), said('a', expected)),
      waitingWorld({ clock }),
    );

    expect(result.steps[1]?.problems).toEqual(['no run was expected, found delivery (issue_comment)']);
    expect(slept).toBe(0);
  });
});

describe('a run that ran again', () => {
  it('is judged by its newest attempt, in the step that asked', async () => {
    const failed = job('flow / image', { conclusion: 'failure' });
    const again = job('flow / image', { id: 2, attempt: 2 });
    const world = quietWorld();
    const state = run([failed, job('flow / decide')], { conclusion: 'failure' });
    const people = {
      ...world.people,
      rerun: async () => {
        state.jobs.push(again);
        Object.assign(state, { attempt: 2, conclusion: 'success' });
        return state.id;
      },
    };
    const engine = { ...world.engine, runs: () => [state] };
    const text = `  - name: Again\n    rerun: { by: mona, run: { event: push, branch: develop } }\n    expect: [{ run: { event: push, result: success } }, { job: { name: "*image", result: success } }]\n`;

    const result = await play(story(text), { ...world, people, engine });

    expect(result.steps[0]).toMatchObject({ ok: true, problems: [], runs: [], continued: [state] });
    expect(toJson(result)).toMatchObject({ steps: [{ runs: [] }] });
  });
});

describe('a step in which a failure waited for somebody', () => {
  it('has its whole time besides', async () => {
    const slept: number[] = [];
    let now = 0;
    let held = 0;
    const clock = {
      ...systemClock,
      now: () => now,
      sleep: async (milliseconds: number) => {
        slept.push(milliseconds);
        now += milliseconds;
        held = 5_000;
      },
    };
    const never = new Promise<void>(() => undefined);
    const engine = { ...quietWorld().engine, heldMs: () => held, idle: () => never };
    const [step] = readStory(
      'story: s\nabout: a\nsteps: [{ name: n, push: { branch: b, by: a, message: m } }]\n',
      's',
    ).steps;
    if (step === undefined) throw new Error('no step');

    const world = quietWorld({ clock, engine });
    const late = await untilEnded({ step, world, known: new Set(), already: new Set(), withinMs: 1_000 });

    expect(late).toContain('cancelled while open');
    expect(slept).toEqual([1_000, 5_000]);
  });
});
