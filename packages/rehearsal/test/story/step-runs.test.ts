// Which runs a step is about, and whose record is that of its delivery.
import { emptyRecord } from '@headgate/kit/record';
import { describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import type { RaisedEvent, RunState } from '../../src/model.js';
import { watchRuns } from '../../src/story/step-runs.js';
import type { Step } from '../../src/story/story-schema.js';
import { run } from '../view/states.js';
import { quietWorld } from './worlds.js';

const step: Step = { name: 'A', within: '3m', expect: [] };
const going = { status: 'in_progress', conclusion: null } as const;

function event(name: string, sha: string): RaisedEvent {
  return { ...run([]).event, name, sha };
}

/** Runs whose id is in `recorded` left a record that says so in its version. */
function place(recorded: readonly number[]) {
  const [runs, raised]: [RunState[], RaisedEvent[]] = [[], []];
  const world = quietWorld();
  const begin = (id: number, raise: RaisedEvent, more: Partial<RunState> = {}): RunState => {
    const state = run([], { id, event: raise, ...more });
    runs.push(state);
    raised.push(raise);
    return state;
  };
  const artifacts = (id: number): readonly Uint8Array[] => {
    const record = emptyRecord({ ...flow, version: `1.0.${id}` });
    const text = new TextEncoder().encode(JSON.stringify(record));
    return recorded.includes(id) ? [zipSync({ 'r.json': text })] : [];
  };
  return { begin, world: { engine: { ...world.engine, runs: () => runs, raised }, artifacts } };
}

const flow = {
  application: 'shop',
  repository: 'octo/shop',
  event: 'push',
  ref: 'refs/heads/master',
  branchKind: 'production',
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  actor: 'mona',
  run: { id: 1, attempt: 1, url: 'http://127.0.0.1/run' },
} as const;

describe('the runs of a step', () => {
  it('are those that begin after it has, and earlier ones that go on', () => {
    const { begin, world } = place([]);
    begin(1, event('push', 'one'));
    const waiting = begin(2, event('push', 'two'), going);
    const look = watchRuns(step, world);
    const own = begin(3, event('issue_comment', 'two'));

    expect(look()).toEqual({ runs: [own], continued: [waiting], record: null });
    expect(watchRuns({ ...step, 'while-running': true }, world)().continued).toEqual([]);
  });

  it('have the record of the step’s own delivery, whatever else goes on', () => {
    const { begin, world } = place([1, 2]);
    begin(1, event('push', 'one'), going);
    const look = watchRuns(step, world);
    // A merge closes the pull request too, which starts nothing.
    world.engine.raised.push(event('pull_request', 'zero'));
    begin(2, event('push', 'two'));

    expect(look().record?.flow.version).toBe('1.0.2');
  });

  it('have the record of the delivery that went on where people only commented', () => {
    const { begin, world } = place([1, 3]);
    begin(1, event('push', 'one'), going);
    const look = watchRuns(step, world);
    begin(2, event('issue_comment', 'one'));
    // What was merged back is delivered in turn.
    begin(3, event('push', 'three'));

    expect(look().record?.flow.version).toBe('1.0.1');
  });
});
