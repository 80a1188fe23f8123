// A plan's JSON in pieces: one meaning for plans that would do the same, another for any change that counts.
import { describe, expect, it } from '@jest/globals';
import { parseLock } from '../src/lock-info.js';
import { createPlanReader, type PlanDocument } from '../src/plan-document.js';
import { readIdentity, stateOfPlan } from '../src/plan-file.js';

type Members = Readonly<Record<string, unknown>>;
const one = { address: 'a.one', change: { actions: ['create'], before: null, after: { x: 1 } } };
const two = {
  address: 'a.two',
  change: { actions: ['no-op'], before: { p: 'secret-two' }, after: {}, before_sensitive: { p: true } },
};
const usual: Members = {
  format_version: '1.2',
  variables: { pw: { value: 'secret-variable' }, size: { value: 'plain-variable' } },
  planned_values: { root_module: {} },
  resource_changes: [one, two],
  output_changes: {
    a: { actions: ['update'], before: 'secret-output', after: 1, before_sensitive: true },
    b: { actions: ['no-op'] },
  },
  configuration: { root_module: { variables: { pw: { sensitive: true }, size: {} } } },
  timestamp: '2026-01-01T00:00:00Z',
};

function read(members: Members): PlanDocument {
  const reader = createPlanReader();
  reader.write(Buffer.from(JSON.stringify(members)));
  return reader.end();
}

describe('a plan document', () => {
  it('has the changes that do something, the outputs that change, and every secret', () => {
    const document = read(usual);

    expect(document.changes.map(({ address }) => address)).toEqual(['a.one']);
    expect(document.counts).toEqual({ add: 1, change: 0, destroy: 0 });
    expect(document.outputs).toEqual(['a']);
    expect([...document.secrets].sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'secret-output',
      'secret-two',
      'secret-variable',
    ]);
  });

  it.each<[string, Members]>([
    ['another time', { ...usual, timestamp: '2027-01-01T00:00:00Z' }],
    ['another order of resources', { ...usual, resource_changes: [two, one] }],
    ['another order of members', Object.fromEntries(Object.entries(usual).reverse())],
  ])('means the same with %s', (_, members) => {
    expect(read(members).meaningDigest).toBe(read(usual).meaningDigest);
  });

  it.each<[string, Members]>([
    [
      'another value',
      { ...usual, resource_changes: [{ ...one, change: { ...one.change, after: { x: 2 } } }, two] },
    ],
    ['a resource less', { ...usual, resource_changes: [one] }],
    ['another secret variable', { ...usual, variables: { pw: { value: 'other-secret' } } }],
    ['other planned values', { ...usual, planned_values: { root_module: { resources: [] } } }],
    ['drift', { ...usual, resource_drift: [one] }],
    ['a member this release does not know', { ...usual, later: true }],
  ])('means something else with %s', (_, members) => {
    expect(read(members).meaningDigest).not.toBe(read(usual).meaningDigest);
  });

  it('is refused without a format version', () => {
    expect(() => read({ resource_changes: [] })).toThrow('format_version is missing');
  });

  it('keeps memory flat however many resources it has', () => {
    const reader = createPlanReader();
    const filler = 'x'.repeat(4000);
    const element = JSON.stringify({
      ...two,
      change: { actions: ['no-op'], before: { filler }, after: { filler } },
    });
    reader.write(Buffer.from('{"format_version":"1.2","resource_changes":['));
    const before = process.memoryUsage().heapUsed;
    // Garbage lies about until it is collected, so what counts is the least that was in use in the last quarter.
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < 10_000; index += 1) {
      reader.write(Buffer.from(`${index === 0 ? '' : ','}${element}`));
      if (index >= 7_500) least = Math.min(least, process.memoryUsage().heapUsed);
    }
    const grown = least - before;
    reader.write(Buffer.from(']}'));

    expect(reader.end().changes).toEqual([]);
    // 60 MB were written before that quarter.
    expect(grown).toBeLessThan(40 * 1024 * 1024);
  });
});

describe('readIdentity', () => {
  it('takes no state for one that was never written, and refuses another shape', () => {
    expect(readIdentity(' \n')).toEqual({ serial: 0, lineage: '' });
    expect(readIdentity('{"serial": 3, "lineage": "x", "resources": []}')).toEqual({
      serial: 3,
      lineage: 'x',
    });
    expect(() => readIdentity('{"serial": "3"}')).toThrow('no serial');
    expect(() => stateOfPlan(Buffer.from('no zip'))).toThrow('expected to be a zip');
  });
});

describe('parseLock', () => {
  it.each([
    ['no lock', 'Error: something', null],
    ['a lock in a box', '│ Lock Info:\n│   ID:        1a-2b\n│   Who:       me', '1a-2b'],
    ['the last of two', 'Lock Info:\n ID: one\nLock Info:\n ID: two\n', 'two'],
    ['an id that is a command', 'Lock Info:\n ID: $(rm)\n', null],
    ['an id far away', `Lock Info:\n${'\n'.repeat(12)}ID: x`, null],
  ])('reads %s', (_, text, id) => {
    expect(parseLock(text)?.id ?? null).toBe(id);
  });
});
