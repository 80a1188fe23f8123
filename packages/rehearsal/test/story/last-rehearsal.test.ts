// What is kept for the next rehearsal: it comes back as it was, and shows no secret.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { type KeptLeg, type KeptRun, withoutLegs } from '../../src/engine/kept-run.js';
import { goOnFrom } from '../../src/story/from.js';
import { knownValues, showsSecret } from '../../src/story/known-values.js';
import { type LastRehearsal, readLast, writeLast } from '../../src/story/last-rehearsal.js';
import { settingsOf } from '../support/host.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-last-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => zipSync({ 'file.txt': Buffer.from(text) });
const leg = (path: string, changes: Partial<KeptLeg> = {}): KeptLeg => ({
  path,
  name: path.replaceAll('/', ' / '),
  result: 'success',
  outputs: {},
  summary: '',
  artifacts: [],
  ...changes,
});
const call = (path: string): KeptLeg => leg(path, { name: null });

function run(id: number, legs: readonly KeptLeg[], names: readonly string[]): KeptRun {
  const event = { event: 'push', ref: 'refs/heads/develop', sha: 'a' };
  return { id, repository: 'octo/shop', workflowPath: 'x.yml', ...event, names, legs };
}

function last(runs: readonly KeptRun[]): LastRehearsal {
  const ports = { registry: 1, github: 2, mail: 3, proxy: [4] };
  return {
    folder: join(folder, 'kept'),
    runs,
    commits: { 'octo/shop': 'b' },
    times: [3, 4],
    lastId: 5,
    ports,
    directory: folder,
  };
}

const first = run(
  1,
  [leg('build', { outputs: { a: 'b' }, artifacts: [{ id: 7, name: 'x', zip: bytes('x') }] })],
  ['build'],
);

describe('a kept rehearsal', () => {
  it('comes back as it was, for its owner alone', async () => {
    const kept = last([first]);
    await writeLast(kept, async () => undefined);

    expect(await readLast(kept.folder)).toEqual(kept);
    expect((await stat(join(kept.folder, 'rehearsal.json'))).mode & 0o077).toBe(0);
    expect((await stat(join(kept.folder, 'artifacts', '7.zip'))).mode & 0o077).toBe(0);
  });

  it('replaces the former one, and survives one that could not be written', async () => {
    const kept = last([first]);
    await writeLast(kept, async () => undefined);
    const failing = writeLast(last([]), async () => {
      throw new Error('disk full');
    });

    await expect(failing).rejects.toThrow('disk full');
    expect(await readLast(kept.folder)).toEqual(kept);

    await writeLast(last([]), async () => undefined);
    expect((await readLast(kept.folder))?.runs).toEqual([]);
  });

  it('is none where nothing was written', async () => {
    expect(await readLast(folder)).toBeNull();
  });
});

describe('--from', () => {
  const second = run(
    2,
    [call('flow'), leg('flow/plan'), call('flow/deploy'), leg('flow/deploy/roll'), leg('other')],
    ['flow / plan', 'flow / deploy / roll', 'flow / deploy / test', 'other'],
  );
  const paths = (runs: readonly KeptRun[]): string[][] =>
    runs.map(({ legs }) => legs.map(({ path }) => path));

  it('keeps the runs before, and of its own what is neither the job nor a call around it', () => {
    const { runs } = goOnFrom('roll', last([first, second, run(3, [leg('later')], ['later'])]));

    expect(paths(runs)).toEqual([['build'], ['flow/plan', 'other']]);
  });

  it('takes nothing away for a job that did not succeed', () => {
    expect(paths(goOnFrom('deploy / test', last([second])).runs)[0]).toHaveLength(5);
  });

  it.each([
    ['rol', 'Did you mean roll? There are: build,'],
    ['something else', 'There are: build, flow / plan, flow / deploy / roll, flow / deploy / test, other.'],
  ])('does not know %s, and names those that it knows', (job, hint) => {
    expect(() => goOnFrom(job, last([first, second]))).toThrow(
      expect.objectContaining({ code: 'job-not-kept', hint: expect.stringContaining(hint) }),
    );
  });

  it('needs a last rehearsal', () => {
    expect(() => goOnFrom('build', null)).toThrow(expect.objectContaining({ code: 'nothing-kept' }));
  });
});

describe('a secret', () => {
  const secrets = {
    DEPLOY: JSON.stringify({ 'seal-key': 'c2VhbC1rZXk9c2VhbC1rZXk', list: ['deep-inside-it'] }),
  };
  const environments = { staging: { branches: [], secrets: { PASS: 'of-the-environment' }, variables: {} } };
  const masks = knownValues([settingsOf('octo/shop', { secrets, environments })]);
  const shows = (changes: Partial<KeptLeg>): boolean => showsSecret(first, masks)(leg('a', changes));

  it.each<[string, Partial<KeptLeg>]>([
    ['an output', { outputs: { key: 'is c2VhbC1rZXk9c2VhbC1rZXk.' } }],
    ['a summary', { summary: '`of-the-environment`' }],
    ['an artifact', { artifacts: [{ id: 1, name: 'n', zip: bytes('x deep-inside-it x') }] }],
    ['an artifact, encoded', { artifacts: [{ id: 1, name: 'n', zip: bytes(btoa('deep-inside-it')) }] }],
    [
      'an artifact that cannot be looked into',
      { artifacts: [{ id: 1, name: 'n', zip: Buffer.from('no zip') }] },
    ],
  ])('in %s is not kept', (_, changes) => {
    expect(shows(changes)).toBe(true);
  });

  it('that nobody has is no reason', () => {
    expect(
      shows({
        outputs: { a: 'staging' },
        summary: 'fine',
        artifacts: [{ id: 1, name: 'n', zip: bytes('x') }],
      }),
    ).toBe(false);
  });

  it('of several lines is known by its long ones; a brace among them hides nothing else', () => {
    const text = JSON.stringify({ key: '{\n  the-line-of-a-key\n}\n' });
    const known = knownValues([settingsOf('octo/shop', { secrets: { KEY: text } })]);
    const shown = showsSecret(first, known);

    expect(shown(leg('a', { outputs: { o: '{"a":1}' } }))).toBe(false);
    expect(shown(leg('a', { outputs: { o: 'x the-line-of-a-key' } }))).toBe(true);
  });

  it('takes the calls around its leg with it', () => {
    const kept = run(1, [call('flow'), leg('flow/a', { summary: 'deep-inside-it' }), leg('b')], []);

    expect(withoutLegs(kept, showsSecret(kept, masks)).legs.map(({ path }) => path)).toEqual(['b']);
  });

  it('never reaches the disk, wherever it stands', async () => {
    const text = fc.constantFrom('plain', 'deep-inside-it', 'of-the-environment', 'c2VhbC1rZXk9c2VhbC1rZXk');
    const legs = fc.uniqueArray(
      fc.record({ path: fc.constantFrom('a', 'a/b', 'a/b/c', 'd'), output: text, summary: text, file: text }),
      { selector: ({ path }) => path },
    );
    const property = fc.asyncProperty(legs, async (parts) => {
      const all = parts.map(({ path, output, summary, file }, index) => {
        const artifacts = [{ id: index, name: 'n', zip: bytes(file) }];
        return leg(path, { outputs: { o: output }, summary, artifacts });
      });
      const kept = run(1, all, []);
      const safe = withoutLegs(kept, showsSecret(kept, masks));
      await writeLast(last([safe]), async () => undefined);
      const written = await readFile(join(folder, 'kept', 'rehearsal.json'), 'utf8');
      return !masks.hides(written);
    });

    await fc.assert(property, { numRuns: 30 });
  });
});
