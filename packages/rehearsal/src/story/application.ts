// The application that is rehearsed: its headgate.yml, its workflow and its stories, checked before anything starts.
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { nearestName } from '@headgate/kit/nearest-name';
import { beginningFiles } from './beginning.js';
import { projectFiles } from './project-files.js';
import { readStory } from './read-story.js';
import { StoryError } from './story-error.js';
import type { Story } from './story-schema.js';

export interface Application {
  readonly directory: string;
  /** What the repository begins with: that folder, or a copy that the story changed. */
  readonly files: string;
  readonly configuration: Configuration;
  readonly story: Story;
  /** Where the folders that a story copies lie. */
  readonly storyFolder: string;
  /** True: the story that comes with the rehearsal. */
  readonly builtIn: boolean;
}

export const configurationFile = 'headgate.yml';

/**
 * Reads the application in a folder. `story` is a name in its `stories/`, a file, or null for the built-in one; what a
 * story lays over the application is put together in `scratch`.
 * @throws {ConfigurationError | StoryError} with every problem by line and column
 */
export async function readApplication(
  directory: string,
  story: string | null,
  scratch: string,
): Promise<Application> {
  if (story === null) {
    const configuration = await readFiles(directory);
    const builtIn = { story: defaultStory(configuration), storyFolder: directory, builtIn: true };
    return { directory, files: directory, configuration, ...builtIn };
  }
  const file = await findStory(directory, story);
  const shown = file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file;
  const read = readStory(await readFile(file, 'utf8'), shown);
  const storyFolder = dirname(file);
  const files = await beginningFiles(directory, read['begins-with'], { storyFolder, scratch });
  const configuration = await readFiles(files);
  return { directory, files, configuration, story: read, storyFolder, builtIn: false };
}

/** The configuration of an application that has everything it needs. */
async function readFiles(directory: string): Promise<Configuration> {
  const text = await readFile(join(directory, configurationFile), 'utf8').catch(() => {
    throw incomplete(
      `${directory} has no ${configurationFile}`,
      'Name the folder of an application that has one.',
    );
  });
  const { configuration } = readConfiguration(text, configurationFile, projectFiles(directory));
  const workflows = await readdir(join(directory, '.github', 'workflows')).catch(() => []);
  if (!workflows.some((name) => /\.ya?ml$/.test(name))) {
    throw incomplete(
      `${directory} has no workflow in .github/workflows`,
      'Add delivery.yml as the guide shows it.',
    );
  }
  return configuration;
}

/** The folder's state is pushed to the development branch; its run must succeed. */
function defaultStory(configuration: Configuration): Story {
  const { development } = configuration.branches;
  const push = { branch: development, from: development, by: 'you', message: 'Rehearse this state' };
  return {
    story: 'push-to-development',
    about: `The folder's state is pushed to ${development}; its run must succeed.`,
    teams: {},
    'begins-with': { replace: [], write: {}, delete: [], tags: [], app: 'free' },
    steps: [
      {
        name: `Pushed to ${development}`,
        push: { ...push, replace: [], write: {}, delete: [] },
        within: '30m',
        expect: [{ run: { event: 'push', result: 'success' } }],
      },
    ],
  };
}

async function findStory(directory: string, story: string): Promise<string> {
  const folder = join(directory, 'stories');
  const candidates = /\.ya?ml$/.test(story)
    ? [isAbsolute(story) ? story : resolve(story), join(directory, story), join(folder, story)]
    : [join(folder, `${story}.yml`), join(folder, `${story}.yaml`)];
  for (const candidate of candidates) {
    const found = await access(candidate).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  const names = (await readdir(folder).catch(() => [] as string[]))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => basename(name).replace(/\.ya?ml$/, ''));
  const near = nearestName(story, names);
  throw new StoryError({
    code: 'story-not-found',
    message: `there is no story ${story} in ${folder}`,
    hint:
      near !== null
        ? `Did you mean ${near}?`
        : names.length === 0
          ? 'Add one, or leave out --story.'
          : `There are: ${names.join(', ')}.`,
  });
}

function incomplete(message: string, hint: string): StoryError {
  return new StoryError({ code: 'application-incomplete', message, hint });
}
