// One process of the benchmark: the double, the engine and the runner play one workflow; prints what it took as JSON.
//   node play.mjs FOLDER SHAPE COUNT    bundled by bench/rehearsal.mjs, because the sources are TypeScript
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { runCommand } from '@headgate/kit/process';
import { createEngine } from '@headgate/rehearsal/engine/engine';
import { startGitHub } from '@headgate/rehearsal/github/host';
import { seedRepository } from '@headgate/rehearsal/parts/git-seed';

const step = '{ run: "true" }';
const job = (/** @type {string} */ more) => `{ runs-on: x${more}, steps: [${step}] }`;

/** @type {Record<string, (count: number) => readonly string[]>} */
const shapes = {
  /** One job of many steps. */
  steps: (count) => [`  a: { runs-on: x, steps: [${Array(count).fill(step).join(', ')}] }`],
  /** One job after the other. */
  chain: (count) =>
    Array.from(
      { length: count },
      (_, index) => `  j${index}: ${job(index === 0 ? '' : `, needs: j${index - 1}`)}`,
    ),
  /** All at once, as far as there is room. */
  wide: (count) => [
    `  a: ${job(`, strategy: { matrix: { n: [${Array.from({ length: count }, (_, index) => index)}] } }`)}`,
  ],
};

const [, , folder = '', shape = '', count = ''] = process.argv;
const files = join(folder, 'files');
await mkdir(join(files, '.github', 'workflows'), { recursive: true });
const jobs = shapes[shape]?.(Number(count)) ?? [];
await writeFile(join(files, '.github', 'workflows', 'x.yml'), ['on: push', 'jobs:', ...jobs, ''].join('\n'));

const host = await startGitHub({ directory: join(folder, 'github'), clock: systemClock });
await host.addRepository({
  owner: 'octo',
  name: 'bench',
  defaultBranch: 'main',
  variables: {},
  secrets: {},
  environments: {},
  protectedBranches: [],
});
const refs = ['refs/heads/main'];
const bare = host.gitDirectory('octo/bench');
const sha = await seedRepository({ files, bare, refs, message: 'bench', time: 1_700_000_000 }, runCommand);
const engine = createEngine({
  host,
  workDirectory: join(folder, 'runner'),
  node: process.execPath,
  environment: { PATH: process.env.PATH ?? '', HOME: folder },
  clock: systemClock,
});

const began = performance.now();
const [run] = await engine.handle({
  repository: 'octo/bench',
  name: 'push',
  ref: 'refs/heads/main',
  sha,
  actor: 'mona',
  payload: { ref: 'refs/heads/main', before: '0'.repeat(40), after: sha },
  fork: false,
});
const ended = run === undefined ? undefined : await engine.finished(run.id);
const ms = performance.now() - began;
await engine.close();
await host.close();
const { conclusion = null, jobs: all = [] } = ended ?? {};
const steps = all.flatMap((each) => each.steps).filter((each) => each.conclusion === 'success').length;
console.log(
  JSON.stringify({ ms, conclusion, jobs: all.length, steps, rssMb: process.resourceUsage().maxRSS / 1024 }),
);
