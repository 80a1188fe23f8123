// Failures that wait, in a story: which do, and how `headgate retry` finds them.
import { join } from 'node:path';
import { editedFolders, type SeededFolder } from '../parts/git-edits.js';
import { controlName, startControl } from '../parts/pause-control.js';
import type { Pauses, Pausing } from '../runner/pauses.js';
import type { StoryWatcher } from './play-story.js';
import type { SettingOptions } from './setting.js';

/** Where a step of the story expects a failure, it is not one to work on. */
export function pausingWatcher(watcher: StoryWatcher, pauses: Pauses | undefined): StoryWatcher {
  if (pauses === undefined) return watcher;
  return {
    ...watcher,
    stepBegan: (step, index) => {
      pauses.wanted = !step.expect.some(
        ({ run, job }) => run?.result === 'failure' || job?.result === 'failure',
      );
      watcher.stepBegan(step, index);
    },
  };
}

/** Opens the door for `headgate retry`; null where failures do not pause. */
export async function openPausing(
  { pauses, directory, application, run }: SettingOptions,
  folders: ReadonlyMap<string, SeededFolder>,
  closers: (() => Promise<void>)[],
): Promise<Pausing | null> {
  if (pauses === undefined) return null;
  const control = await startControl(join(directory, controlName), application.directory, pauses);
  closers.push(() => control.stop());
  return { pauses, edits: editedFolders(folders, run) };
}
