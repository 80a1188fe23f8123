// One rehearsal from beginning to end: read, open the setting, play, close.
import type { RunState } from '../model.js';
import { startLoadGenerator } from '../parts/load-generator.js';
import type { Application } from './application.js';
import { createDesk } from './desk.js';
import { type KeepOptions, keepIfWanted } from './keep.js';
import { pausingWatcher } from './pausing.js';
import { createPeople } from './people.js';
import { playStory, type StoryWatcher } from './play-story.js';
import { createReferences } from './references.js';
import type { StoryResult } from './result.js';
import { unknown, urlsIn, watchHosts } from './service-hosts.js';
import { openSetting, type Setting, type SettingOptions } from './setting.js';
import { createTimes } from './times.js';
import type { StoryWorld } from './world.js';

export interface RehearsalOptions extends SettingOptions, KeepOptions {
  /** The module whose run ends in `serveLoad`, and its arguments. */
  readonly loadScript: { readonly file: string; readonly args: readonly string[] };
  readonly watcher: StoryWatcher;
  readonly signal: AbortSignal;
}

/** Plays the application's story. Rejects when a part does not start or the signal aborts; everything is ended either way. */
export async function rehearse(options: RehearsalOptions): Promise<StoryResult> {
  const setting = await openSetting(options);
  const times = createTimes(options.last?.times ?? [], () => options.clock.now());
  try {
    options.signal.throwIfAborted();
    const world = worldOf(setting, options, times.now);
    const result = await playStory(
      options.application.story,
      world,
      pausingWatcher(options.watcher, options.pauses),
    );
    await setting.docker.removeImages(machineImagesOf(result));
    return result;
  } finally {
    await setting.close();
    await keepIfWanted(setting, options, times.given);
  }
}

/** Ids of what packer's docker builder left on the engine: in no registry, so nobody else would remove it. */
function machineImagesOf({ steps }: StoryResult): readonly string[] {
  const parts = steps.flatMap(({ record }) => record?.machineImages ?? []);
  const ids = parts.flatMap(({ type, artifactId }) => (type === 'docker' ? [artifactId] : []));
  return [...new Set(ids.filter((id) => /^sha256:[0-9a-f]{64}$/.test(id)))];
}

function worldOf(setting: Setting, options: RehearsalOptions, now: () => number): StoryWorld {
  const { host, registry, repository } = setting;
  const { application, clock, http, signal, run } = options;
  const desk = {
    host,
    repository,
    serverUrl: host.serverUrl,
    directory: options.directory,
    storyFolder: application.storyFolder,
    run,
    now,
  };
  const repositoryOf = (image: string): string => imageRepository(application, image, repository);
  return {
    engine: workflowsOf(setting, options),
    desk: createDesk(desk),
    people: createPeople(host, repository, options.clock),
    http,
    clock,
    signal,
    running: (image) => containersOf(repositoryOf(image), setting),
    tags: (image) => registry.tags(repositoryOf(image)),
    digestOf: (image, tag) => registry.digestOf(repositoryOf(image), tag),
    urlsOf: (environment, only) => urlsIn(environment, only, setting),
    artifacts: (runId, prefix) =>
      host
        .artifacts({ repository, runId })
        .flatMap((each) => (each.name.startsWith(prefix) ? [each.zip] : [])),
    startLoad: (plan, firstAnswerMs) => {
      const { file, args } = options.loadScript;
      return startLoadGenerator({ script: file, args, plan, firstAnswerMs });
    },
    watchTraffic: (environment, onLeft) => watchHosts(environment, onLeft, { setting, clock }),
    references: createReferences(host.gitDirectory(repository), run),
    mails: () => setting.mail.mails,
    images: Object.keys(application.configuration.images),
    branches: application.configuration.branches,
    violations: () =>
      host.violations.map(({ side, operation, problem }) => `${side} ${operation}: ${problem}`),
  };
}

/** The runs of the story's repository. */
function workflowsOf(setting: Setting, { pauses }: RehearsalOptions): StoryWorld['engine'] {
  const { host, engine, repository } = setting;
  const runs = (): readonly RunState[] =>
    [...host.runs.values()].filter((each) => each.repository === repository);
  return {
    raised: setting.raised,
    runs,
    ...(pauses === undefined ? {} : { heldMs: () => pauses.heldMs() }),
    handled: () => setting.handled(),
    idle: () => setting.idle(),
    strike: (cron, sha) => setting.strike(cron, sha),
    loseRunner: (jobId) => engine.loseRunner(jobId),
    cancelAll: async () => {
      const unfinished = runs().filter((each) => each.status !== 'completed');
      await Promise.all(unfinished.map((each) => engine.cancel(each.id)));
      await setting.idle();
    },
  };
}

/** Containers of an image by digest or tag, not those of a repository whose name goes on. */
async function containersOf(image: string, { registry, docker }: Setting): ReturnType<StoryWorld['running']> {
  const prefix = `${registry.host}/${image}`;
  const all = await docker.containers(registry.host);
  return all.filter(
    (container) => container.image.startsWith(prefix) && /^[@:]/.test(container.image.slice(prefix.length)),
  );
}

/** As headgate.yml says; owner/repository/image unless it says so, owner/repository for the namesake. */
function imageRepository({ configuration }: Application, image: string, repository: string): string {
  const declared = configuration.images[image];
  if (declared === undefined) throw unknown('image', image, Object.keys(configuration.images));
  const { repository: named } = declared;
  if (typeof named === 'string') return named;
  if (named?.default !== undefined) return named.default;
  return repository.endsWith(`/${image}`) ? repository : `${repository}/${image}`;
}
