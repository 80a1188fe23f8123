// A rehearsal with the tiny application: the real workflows, bundles, registry, proxy and engine, acted on by tests.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import type { Person } from '../../src/github/social.js';
import type { JobState, RunState } from '../../src/model.js';
import { readApplication } from '../../src/story/application.js';
import { openSetting, type Setting } from '../../src/story/setting.js';
import { type Change, type Clone, cloneAs } from './clone.js';
import { type ConfigurationParts, tinyApplication } from './tiny-application.js';
import { checkout, installed } from './tools.js';

export interface Scene extends Setting {
  readonly application: string;
  readonly directory: string;
  /** Repository of the image in the registry. */
  readonly image: string;
  /** An administrator, whom no protection binds. */
  readonly ann: Person;
  readonly clone: Clone;
  /** Commits, pushes and waits for the run that starts. */
  push(change: Change): Promise<RunState>;
  /** As `push`, at the run's start. */
  start(change: Change): Promise<RunState>;
  /** Sets BUILD_SECRETS: build secrets by name, passwords by registry (the scene's own unless said). */
  giveBuildSecrets(
    build: Readonly<Record<string, string>>,
    registries?: Readonly<Record<string, string>>,
  ): void;
  /** The run of an event on a commit, as soon as there is one. */
  runOf(event: string, headSha: string): Promise<RunState>;
}

export interface SceneOptions extends Omit<ConfigurationParts, 'application'> {
  /** Folders that come first on PATH in every job. */
  readonly path?: readonly string[];
  readonly onChange?: (run: RunState, job?: JobState) => void;
  /** Files besides the tiny application's, or in place of them. */
  readonly files?: (application: string) => Readonly<Record<string, string>>;
  readonly variables?: ReadonlyMap<string, string>;
}

/** Tried again until it gives something; rejects after `deadlineMs`. */
export async function until<T>(
  what: string,
  find: () => T | null | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (let found = find(); ; found = find()) {
    if (found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: did not happen within ${deadlineMs} ms`);
    await sleep(20);
  }
}

let opened = 0;

/** Opens it in a fresh folder; `close` removes the folder too, and rejects if something was not as GitHub describes it. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-scenario-'));
  opened += 1;
  const application = `scenario-${process.pid}-${opened}`;
  try {
    const setting = await openParts({ ...options, application, directory });
    const { host, repository } = setting;
    const ann = host.person('ann', { role: 'admin' });
    const clone = await cloneAs(ann, repository, join(directory, 'clone'));
    const close = async (): Promise<void> => {
      await setting.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      if (host.violations.length > 0) throw new Error(`not as GitHub: ${JSON.stringify(host.violations)}`);
    };
    return {
      ...setting,
      application,
      directory,
      image: `${repository}/app`,
      ann,
      clone,
      close,
      ...acts(setting, clone),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
}

async function openParts(
  options: SceneOptions & { application: string; directory: string },
): Promise<Setting> {
  const { directory, application, path = [], onChange = () => undefined } = options;
  const files = join(directory, 'application');
  const texts = { ...tinyApplication({ ...options, application }), ...options.files?.(application) };
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(dirname(join(files, file)), { recursive: true });
    await writeFile(join(files, file), text);
  }
  const installation = join(directory, 'installation');
  await copyInstallation(installation);
  const read = await readApplication(files, null, directory);
  return openSetting({
    application: { ...read, builtIn: false },
    directory: join(directory, 'rehearsal'),
    installation,
    node: process.env['HEADGATE_NODE24'] ?? process.execPath,
    programs: { registry: 'docker-registry', proxy: 'haproxy' },
    // A home of its own: the user's npm settings are no part of these scenarios. Buildx may be a plugin in theirs.
    env: {
      ...process.env,
      HOME: directory,
      DOCKER_CONFIG: process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
      PATH: [...path, process.env['PATH'] ?? ''].join(':'),
    },
    variables: options.variables ?? new Map(),
    actionsDirectory: null,
    http: createHttp(),
    run: runCommand,
    clock: systemClock,
    onChange,
  });
}

/** Only what the workflows use: their files, the actions' metadata and bundles. */
async function copyInstallation(directory: string): Promise<void> {
  const paths = [
    '.github/workflows',
    'packages/kit/dist',
    ...installed.flatMap((name) => [`packages/${name}/action.yml`, `packages/${name}/dist`]),
  ];
  for (const path of paths) await cp(join(checkout, path), join(directory, path), { recursive: true });
}

function acts(setting: Setting, clone: Clone): Pick<Scene, 'push' | 'start' | 'runOf' | 'giveBuildSecrets'> {
  const { host, repository, registry } = setting;
  const runOf: Scene['runOf'] = (event, headSha) =>
    until(`a run for ${event} of ${headSha}`, () =>
      [...host.runs.values()].findLast(
        (run) => run.repository === repository && run.event.name === event && run.headSha === headSha,
      ),
    );
  const start: Scene['start'] = async (change) => {
    const commit = await clone.commit(change);
    await clone.push(change.branch);
    return runOf('push', commit);
  };
  return {
    giveBuildSecrets: (build, registries = { [registry.host]: registry.password }) => {
      const secrets = { BUILD_SECRETS: JSON.stringify({ registries, build }) };
      Object.assign(host.repository(repository).secrets, secrets);
    },
    runOf,
    start,
    push: async (change) => {
      const run = await start(change);
      await setting.idle();
      return run;
    },
  };
}

/** Name → conclusion of the jobs that ran in the newest attempt; names without the callers before them. */
export function conclusions(run: RunState): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    run.jobs
      .filter((job) => job.attempt === run.attempt && job.conclusion !== 'skipped')
      .map((job) => [job.name.split(' / ').at(-1), job.conclusion]),
  );
}

/** The newest job whose name ends so. */
export function jobOf(run: RunState, name: string): JobState {
  const found = run.jobs.findLast((job) => job.name.endsWith(name));
  if (found === undefined)
    throw new Error(`no job ${name}: ${run.problem} ${Object.keys(conclusions(run)).join(', ')}`);
  return found;
}
