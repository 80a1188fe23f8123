// A started double with a seeded repository, people, and a clone to work in with the real git.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFakeClock, type FakeClock } from '@headgate/kit/testing/clock';
import { startGitHub } from '../../src/github/host.js';
import type { Person, Social } from '../../src/github/social.js';
import type { GitHubHost, JobState, Permissions, RaisedEvent, RunState } from '../../src/model.js';
import type { RepositorySettings } from '../../src/repository-settings.js';

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  /** Both streams: what a person would see. */
  readonly shown: string;
}

export interface Clone {
  readonly directory: string;
  git(...args: string[]): Promise<GitResult>;
  /** Writes files and commits them; the new commit's SHA. */
  commit(message: string, files?: Readonly<Record<string, string>>): Promise<string>;
}

export interface Workshop {
  readonly host: GitHubHost & Social;
  readonly clock: FakeClock;
  readonly events: RaisedEvent[];
  /** An administrator and a writer. */
  readonly ann: Person;
  readonly bob: Person;
  clone(person: Person, repository?: string): Promise<Clone>;
  /** A request with any token; `path` below the API root. */
  ask(token: string, path: string, init?: RequestInit): Promise<Response>;
  jobToken(permissions: Permissions, repository?: string): string;
  close(): Promise<void>;
}

export const shop: RepositorySettings = {
  owner: 'acme',
  name: 'shop',
  defaultBranch: 'develop',
  variables: { REGISTRY: 'localhost:5000' },
  secrets: { KEY: 'not-to-be-seen' },
  environments: {
    integration: { variables: { REPLICAS: '2' }, secrets: {}, branches: ['develop'] },
    'pull-request-plan': { variables: {}, secrets: {}, branches: [] },
  },
  protectedBranches: ['develop', 'master'],
};

export const dispatchable = `name: Delivery
on:
  push:
  workflow_dispatch:
    inputs:
      reason: { type: string, default: none }
`;

export function runGit(
  directory: string,
  identity: Person['identity'],
  args: readonly string[],
): Promise<GitResult> {
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
  return new Promise((resolve) => {
    execFile('git', [...args], { cwd: directory, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, shown: `${stdout}${stderr}` });
    });
  });
}

async function cloneInto(directory: string, person: Person, repository: string): Promise<Clone> {
  const git = (...args: string[]): Promise<GitResult> => runGit(directory, person.identity, args);
  await mkdir(directory, { recursive: true });
  const cloned = await git('clone', '-q', person.remote(repository), '.');
  if (cloned.code !== 0) throw new Error(cloned.shown);
  return {
    directory,
    git,
    commit: async (message, files = {}) => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, name)), { recursive: true });
        await writeFile(join(directory, name), content);
      }
      await git('add', '-A');
      const made = await git('commit', '-q', '--allow-empty', '-m', message);
      if (made.code !== 0) throw new Error(made.shown);
      return (await git('rev-parse', 'HEAD')).stdout.trim();
    },
  };
}

/** One commit on develop and master, in a single step: it was there before anybody looked. */
function seedRepository(directory: string, identity: Person['identity']): Promise<void> {
  const blob = (mark: number, text: string): string => `blob\nmark :${mark}\ndata ${text.length}\n${text}\n`;
  const stream = [
    blob(1, 'shop\n'),
    blob(2, dispatchable),
    'commit refs/heads/develop\nmark :3\n',
    `committer ${identity.name} <${identity.email}> 1763719200 +0000\ndata 5\nFirst\n`,
    'M 100644 :1 readme.md\nM 100644 :2 .github/workflows/delivery.yml\n\n',
    'reset refs/heads/master\nfrom :3\n\n',
  ].join('');
  return new Promise((resolve, reject) => {
    const child = execFile('git', ['fast-import', '--quiet'], { cwd: directory }, (error) =>
      error === null ? resolve() : reject(error),
    );
    child.stdin?.end(stream);
  });
}

/** A repository `acme/shop` with branches develop and master at one commit, unless `settings` say otherwise. */
export async function openWorkshop(settings: Partial<RepositorySettings> = {}): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), 'headgate-github-'));
  const clock = createFakeClock(Date.UTC(2026, 10, 21, 10));
  const host = await startGitHub({ directory: join(root, 'host'), clock });
  const ann = host.person('ann', { role: 'admin' });
  const bob = host.person('bob', { role: 'write' });
  await host.addRepository({ ...shop, ...settings });
  const events: RaisedEvent[] = [];
  let clones = 0;
  const clone = (person: Person, repository = 'acme/shop'): Promise<Clone> => {
    clones += 1;
    return cloneInto(join(root, `clone-${clones}`), person, repository);
  };
  await seedRepository(host.gitDirectory('acme/shop'), ann.identity);
  host.onEvent((event) => events.push(event));
  return {
    host,
    clock,
    events,
    ann,
    bob,
    clone,
    ask: (token, path, init = {}) => {
      const headers = new Headers(init.headers);
      if (token !== '') headers.set('authorization', `Bearer ${token}`);
      return fetch(`${host.apiUrl}${path}`, { redirect: 'manual', ...init, headers });
    },
    jobToken: (permissions, repository = 'acme/shop') =>
      host.grantToken({ repository, permissions, login: 'github-actions[bot]', jobToken: true }),
    close: async () => {
      await host.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A branch with one more commit, pushed. */
export async function pushFeature(
  workshop: Workshop,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<Clone> {
  const clone = await workshop.clone(workshop.bob);
  await clone.git('checkout', '-q', '-b', branch);
  await clone.commit(`Change on ${branch}`, files);
  const pushed = await clone.git('push', '-q', 'origin', branch);
  if (pushed.code !== 0) throw new Error(pushed.shown);
  return clone;
}

export function jobOf(host: GitHubHost, more: Partial<JobState> = {}): JobState {
  return {
    id: host.nextId(),
    name: 'deliver / images (api)',
    attempt: 1,
    status: 'completed',
    conclusion: 'failure',
    startedAt: 1_000,
    completedAt: 2_000,
    environment: null,
    steps: [
      {
        number: 1,
        name: 'Build',
        status: 'completed',
        conclusion: 'failure',
        startedAt: 1_000,
        completedAt: 2_000,
      },
    ],
    annotations: [{ level: 'failure', message: 'test stage failed' }],
    summary: '',
    log: 'line one\n',
    outputs: {},
    ...more,
  };
}

/** A completed run of an event, as the engine would have written it. */
export function addRun(workshop: Workshop, event: RaisedEvent, more: Partial<RunState> = {}): RunState {
  const { host, clock } = workshop;
  const run: RunState = {
    id: host.nextId(),
    repository: event.repository,
    number: 1,
    attempt: 1,
    workflowName: 'Delivery',
    workflowPath: '.github/workflows/delivery.yml',
    event,
    headBranch: event.ref.replace('refs/heads/', ''),
    headSha: event.sha,
    headRepository: event.repository,
    referencedWorkflows: [
      { path: 'acme/headgate/.github/workflows/git-flow.yml@v1', sha: 'a'.repeat(40), ref: 'v1' },
    ],
    status: 'completed',
    conclusion: 'failure',
    createdAt: clock.now(),
    completedAt: clock.now(),
    jobs: [jobOf(host)],
    ...more,
  };
  host.runs.set(run.id, run);
  return run;
}
