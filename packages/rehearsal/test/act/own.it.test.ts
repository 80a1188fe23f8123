// Headgate's own workflows on our engine and, pinned, on nektos/act, against one double of GitHub: as far as act gets without
// artifacts, environments and real parts. They agree but for what docs/rehearsal.md lists and explains.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { runCommand } from '@headgate/kit/process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { startGitHub } from '../../src/github/host.js';
import { seedRepository } from '../../src/parts/git-seed.js';
import { settingsOf } from '../support/host.js';
import { runAct, whyNot } from './act.js';
import { documented } from './documented.js';
import { differences, type Facts, factsOf, type Line } from './facts.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const repository = 'acme/shop';
const installed = 'headgate/headgate';
const reason = whyNot();
if (reason !== null) process.stderr.write(`skipped: our workflows on act: ${reason}\n`);
const real = reason === null ? it : it.skip;

const needs = `
        env: { NEEDS: "\${{ toJSON(needs) }}" }
        run: echo "fact needs=$(printf %s "$NEEDS" | tr -d '\\n')"
`;
const files = {
  'headgate.yml': 'application: shop\nimages: { shop: {} }\n',
  Dockerfile: 'FROM scratch\n',
  '.github/workflows/delivery.yml': `on: push
jobs:
  flow:
    permissions: write-all
    uses: ${installed}/.github/workflows/git-flow.yml@v1
  z:
    needs: flow
    if: \${{ always() }}
    runs-on: ubuntu-latest
    steps:
      - name: what came of it${needs}`,
  '.github/workflows/decide.yml': `on: push
permissions: { contents: read, pull-requests: read }
jobs:
  decide:
    runs-on: ubuntu-latest
    outputs:
      kind: \${{ steps.d.outputs.branch-kind }}
      images: \${{ steps.d.outputs.images }}
      environment: \${{ steps.d.outputs.environment }}
      evidence: \${{ steps.d.outputs.evidence }}
      application: \${{ fromJSON(steps.d.outputs.decision).application }}
      tree: \${{ fromJSON(steps.d.outputs.decision).tree }}
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - id: d
        uses: ${installed}/packages/git-flow@v1
        with:
          mode: decide
          vars: \${{ toJSON(vars) }}
          github-token: \${{ github.token }}
  wrong:
    runs-on: ubuntu-latest
    outputs: { decision: "\${{ steps.d.outputs.decision }}" }
    steps:
      - uses: actions/checkout@v4
      - id: d
        uses: ${installed}/packages/git-flow@v1
        with: { mode: decide, configuration: none.yml, github-token: "\${{ github.token }}" }
  z:
    needs: [decide, wrong]
    if: \${{ always() }}
    runs-on: ubuntu-latest
    steps:
      - name: what came of it${needs}`,
} as const;
const workflows = ['delivery', 'decide'] as const;
// A build that is published asks origin for its numbers, and act wants an origin on github.com, which nobody answers here.
const branches = ['docs/typo', 'feature/headline'] as const;
/** act ends with the failing image of a branch that is in the flow: there is no engine for it. */
const cases = [['delivery', 'docs/typo'], ...branches.map((branch) => ['decide', branch] as const)] as const;

let folder = '';
let host: Awaited<ReturnType<typeof startGitHub>>;
let engine: Engine;

/** What a published repository holds: workflows and bundles. */
function installation(place: string, ...pin: readonly string[]): string {
  const target = join(folder, place);
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name);
    if (!existsSync(join(from, 'action.yml'))) continue;
    for (const part of ['action.yml', 'dist'])
      cpSync(join(from, part), join(target, 'packages', name, part), { recursive: true });
  }
  const shared = join('packages', 'kit', 'dist');
  cpSync(join(root, shared), join(target, shared), { recursive: true });
  cpSync(join(root, 'workflows'), join(target, 'workflows'), { recursive: true });
  const script = join(root, 'scripts', 'generate-workflows.mjs');
  execFileSync(process.execPath, [script, '--root', target, '--out', join('.github', 'workflows'), ...pin]);
  return target;
}

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.test'];
  execFileSync('git', [...identity, ...args], { cwd, stdio: 'ignore' });
}

beforeAll(async () => {
  if (reason !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'headgate-own-'));
  host = await startGitHub({ directory: join(folder, 'github'), clock: systemClock });
  await host.addRepository(settingsOf(repository, { defaultBranch: 'develop' }));
  await host.addRepository(settingsOf(installed, { defaultBranch: 'v1', public: true }));
  const seed = { refs: ['refs/heads/v1'], message: 'installed', time: 1_700_000_000 };
  await seedRepository(
    { ...seed, files: installation('installed'), bare: host.gitDirectory(installed) },
    runCommand,
  );
  const application = join(folder, 'application');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(application, path)), { recursive: true });
    writeFileSync(join(application, path), text);
  }
  git(application, 'init', '-b', 'develop');
  git(application, 'add', '--all');
  git(application, 'commit', '-m', 'application');
  for (const branch of branches)
    git(application, 'push', host.gitDirectory(repository), `HEAD:refs/heads/${branch}`);
  git(application, 'remote', 'add', 'origin', `https://github.com/${repository}`);
  installation('pinned', '--pin', `${installed}@v1`);
  engine = createEngine({
    host,
    workDirectory: join(folder, 'runner'),
    node: process.env['HEADGATE_NODE24'] ?? process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', HOME: folder },
    clock: systemClock,
  });
}, 60_000);
afterAll(async () => {
  if (reason !== null) return;
  await engine.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

type Workflow = (typeof workflows)[number];

function sha(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], {
    cwd: join(folder, 'application'),
    encoding: 'utf8',
  }).trim();
}

const payloadOf = (branch: string): Record<string, unknown> => ({
  ref: `refs/heads/${branch}`,
  before: '0'.repeat(40),
  after: sha(),
  created: true,
  deleted: false,
  forced: false,
  commits: [],
  head_commit: { id: sha() },
  repository: { full_name: repository, default_branch: 'develop' },
});

async function playOurs(workflow: Workflow, branch: string): Promise<Facts> {
  const runs = await engine.handle({
    repository,
    name: 'push',
    ref: `refs/heads/${branch}`,
    sha: sha(),
    actor: 'ann',
    payload: payloadOf(branch),
    fork: false,
  });
  const ended = await Promise.all(runs.map(({ id }) => engine.finished(id)));
  const run = ended.find(({ workflowPath }) => workflowPath.endsWith(`/${workflow}.yml`));
  const lines = (run?.jobs ?? []).flatMap(({ name, log }): Line[] =>
    log.split('\n').map((text) => ({ job: name, text })),
  );
  return withoutEmpty(factsOf(lines, run?.problem ?? run?.conclusion ?? 'no run'));
}

async function playAct(workflow: Workflow, branch: string): Promise<Facts> {
  const application = join(folder, 'application');
  git(application, 'checkout', '-B', branch);
  const event = join(folder, 'event.json');
  writeFileSync(event, JSON.stringify(payloadOf(branch)));
  const permissions = { actions: 'read', contents: 'read', 'pull-requests': 'read' } as const;
  const token = host.grantToken({ repository, permissions, login: 'github-actions[bot]', jobToken: true });
  const { lines, conclusion, output } = await runAct({
    repository: application,
    home: join(folder, 'home'),
    event: 'push',
    workflow: join('.github', 'workflows', `${workflow}.yml`),
    args: [
      ...['-P', 'ubuntu-24.04=-self-hosted', '-e', event, '-a', 'ann', '-s', `GITHUB_TOKEN=${token}`],
      ...['--env', `GITHUB_API_URL=${host.apiUrl}`, '--env', `GITHUB_SERVER_URL=${host.serverUrl}`],
      ...['--local-repository', `${installed}@v1=${join(folder, 'pinned')}`],
    ],
  });
  if (lines.length === 0) throw new Error(`act ran nothing of ${workflow}:\n${output}`);
  return withoutEmpty(factsOf(lines, conclusion));
}

/** That act keeps empty outputs is explained once, for all workflows. */
function withoutEmpty(facts: Facts): Facts {
  return new Map([...facts].filter(([name, value]) => value !== '' || !name.includes(': output ')));
}

describe('our own workflows on our engine and on act', () => {
  real('are what is explained', () => {
    const known = cases.map((each) => each.join(' '));
    const explained = [...documented().keys()].filter((name) => name.includes(' '));

    expect(explained.filter((name) => !known.includes(name))).toEqual([]);
  });

  real.each(cases)(
    '%s of a push to %s comes to the same, but for what is explained',
    async (workflow, branch) => {
      const ours = await playOurs(workflow, branch);
      const found = differences(ours, await playAct(workflow, branch));

      expect(ours.size).toBeGreaterThan(2);
      expect(found).toEqual(documented().get(`${workflow} ${branch}`) ?? []);
    },
    60_000,
  );
});
