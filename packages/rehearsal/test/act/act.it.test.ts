// The same workflows on our engine and on nektos/act: results, outputs and everything else they say of themselves agree,
// but for the differences that docs/rehearsal.md lists and explains.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '@headgate/kit/clock';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine } from '../../src/engine/engine.js';
import type { RunState } from '../../src/model.js';
import { createTestHost, pushEvent, settingsOf, type TestHost } from '../support/host.js';
import { runAct, whyNot } from './act.js';
import { documented } from './documented.js';
import { type Difference, differences, type Facts, factsOf, type Line, ordersOf } from './facts.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const source = join(import.meta.dirname, 'repository');
const repository = 'local/crosscheck';
const callees = new Set(['callee', 'middle', 'failing', 'names']);
const names = readdirSync(join(source, 'workflows'))
  .map((file) => file.replace(/\.yml$/u, ''))
  .filter((name) => !callees.has(name));
const secret = 'sesame-from-outside';

const reason = whyNot();
if (reason !== null) process.stderr.write(`skipped: the cross-check with act: ${reason}\n`);
const real = reason === null ? it : it.skip;

let folder = '';
let host: TestHost;
let ours: ReadonlyMap<string, Facts>;

beforeAll(async () => {
  if (reason !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'headgate-act-'));
  cpSync(source, folder, { recursive: true });
  const generate = (...args: string[]): void => {
    const script = join(root, 'scripts', 'generate-workflows.mjs');
    execFileSync(process.execPath, [
      script,
      '--root',
      folder,
      '--out',
      join('.github', 'workflows'),
      ...args,
    ]);
  };
  generate();
  host = createTestHost();
  await host.addRepository(
    settingsOf(repository, { defaultBranch: 'main', secrets: { FROM_OUTSIDE: secret } }),
  );
  ours = new Map(await playOurs());
  // act knows no `$/`, so it gets the edition that names siblings by repository and reference.
  generate('--pin', `${repository}@v1`);
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  git('init', '-b', 'main');
  git('remote', 'add', 'origin', `https://github.com/${repository}`);
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.test', 'commit', '-m', 'workflows');
}, 120_000);
afterAll(async () => {
  if (reason !== null) return;
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

function filesBelow(base: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(base, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) Object.assign(found, filesBelow(base, path));
    else found[path] = readFileSync(join(base, path), 'utf8');
  }
  return found;
}

/** All workflows by one push. */
async function playOurs(): Promise<readonly (readonly [string, Facts])[]> {
  const engine = createEngine({
    host,
    workDirectory: join(host.root, 'runner'),
    node: process.env['HEADGATE_NODE24'] ?? process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', HOME: host.root },
    clock: systemClock,
    maximumJobs: 2,
  });
  const sha = host.commit(repository, 'main', filesBelow(folder));
  const runs = await engine.handle(pushEvent(repository, 'main', sha, { payload: { said: 'hello' } }));
  const ended = await Promise.all(runs.map(({ id }) => engine.finished(id)));
  await engine.close();
  return ended.map((run) => [nameOf(run), withOrder(nameOf(run), linesOf(run), run.conclusion ?? '')]);
}

function nameOf({ workflowPath }: RunState): string {
  return workflowPath.replace(/^.*\/|\.yml$/gu, '');
}

function linesOf({ jobs }: RunState): readonly Line[] {
  return jobs.flatMap((job) => job.log.split('\n').map((text) => ({ job: job.name, text })));
}

/** The order is compared where it is what the workflow is about. */
function withOrder(name: string, lines: readonly Line[], conclusion: string): Facts {
  const orders = name === 'action-parts' ? ordersOf(lines) : new Map();
  return new Map([...factsOf(lines, conclusion), ...orders]);
}

async function playAct(name: string): Promise<Facts> {
  const payload = join(folder, 'event.json');
  writeFileSync(payload, JSON.stringify({ said: 'hello', ref: 'refs/heads/main' }));
  const { lines, conclusion, output } = await runAct({
    repository: folder,
    home: join(folder, '..', `act-home-${process.pid}`),
    event: 'push',
    workflow: join('.github', 'workflows', `${name}.yml`),
    args: ['-e', payload, '-s', `FROM_OUTSIDE=${secret}`, '--local-repository', `${repository}@v1=${folder}`],
  });
  if (lines.length === 0 && output === '') throw new Error(`act ran nothing of ${name}`);
  return withOrder(name, lines, conclusion);
}

/** In host mode act may drop what a step printed that ends within a few milliseconds, mostly on a busy machine. */
const tries = 3;

/** What differs between a run of ours and act's; act is asked again while it differs from what is explained. */
async function compared(
  name: string,
  said: Facts,
  explained: readonly Difference[],
): Promise<readonly Difference[]> {
  let found: readonly Difference[] = [];
  for (let left = tries; left > 0; left -= 1) {
    found = differences(said, await playAct(name));
    if (isDeepStrictEqual(found, explained)) break;
  }
  return found;
}

describe('on our engine and on act', () => {
  real.each(names)('%s says the same, but for what is explained', async (name) => {
    const said = ours.get(name);
    if (said === undefined) throw new Error(`${name} did not run: ${[...ours.keys()].join(', ')}`);

    const explained = documented().get(name) ?? [];

    expect(await compared(name, said, explained)).toEqual(explained);
  });

  real('nothing is explained that no workflow shows', () => {
    expect([...documented().keys()].filter((name) => !name.includes(' ') && !names.includes(name))).toEqual(
      [],
    );
  });
});
