// What a story begins with: the application as it lies in its folder, or with something else laid over it.
import { cp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { changes } from './action-schema.js';
import { applyChanges, changesNothing } from './changes.js';
import { filled } from './story-values.js';

export const beginning = v.strictObject({
  ...changes,
  /** Releases that were made before: tags on the production branch. */
  tags: v.optional(v.array(filled), []),
  /** The App of the flow: free of the rules of branches, bound by them as everybody is, or not there. */
  app: v.optional(v.picklist(['free', 'bound', 'none']), 'free'),
});

export type Beginning = v.InferOutput<typeof beginning>;

/** Nothing of these is the application. */
const leftOut: ReadonlySet<string> = new Set(['node_modules', '.git', '.terraform']);

/**
 * The folder whose files the repository begins with: the application's own, or a copy in `scratch` with the story's
 * changes. @throws {StoryError} `change-does-not-fit`
 */
export async function beginningFiles(
  directory: string,
  begins: Beginning,
  { storyFolder, scratch }: { readonly storyFolder: string; readonly scratch: string },
): Promise<string> {
  if (changesNothing(begins)) return directory;
  const files = join(scratch, 'application');
  await rm(files, { recursive: true, force: true });
  await cp(directory, files, { recursive: true, filter: (from) => !leftOut.has(basename(from)) });
  await applyChanges(begins, files, storyFolder);
  return files;
}
