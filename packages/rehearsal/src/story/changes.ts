// What a step, or the beginning of a story, changes in the files of a folder.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Changes } from './action-schema.js';
import { StoryError } from './story-error.js';

/**
 * Applies changes below `root`; `storyFolder` holds the folders that `copy` names.
 * @throws {StoryError} `change-does-not-fit`
 */
export async function applyChanges(changes: Changes, root: string, storyFolder: string): Promise<void> {
  if (changes.copy !== undefined) await copyFolder(join(storyFolder, changes.copy), root);
  for (const [file, text] of Object.entries(changes.write)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  for (const change of changes.replace) {
    const text = await readText(join(root, change.file), change.file);
    await writeFile(join(root, change.file), replaceOnce(text, change));
  }
  for (const file of changes.delete) await rm(join(root, file), { recursive: true });
}

/** A push of the branch as it is: nothing but its event. */
export function changesNothing({ copy, replace, write, delete: gone }: Changes): boolean {
  return copy === undefined && replace.length + Object.keys(write).length + gone.length === 0;
}

/** Replaces the one place where `find` stands. @throws {StoryError} when there is none or several. */
export function replaceOnce(
  text: string,
  change: { readonly file: string; readonly find: string; readonly with: string },
): string {
  const parts = text.split(change.find);
  if (parts.length === 2) return parts.join(change.with);
  const found = parts.length === 1 ? 'nowhere' : `${parts.length - 1} times`;
  throw new StoryError({
    code: 'change-does-not-fit',
    message: `${change.file}: the text ${JSON.stringify(change.find)} was expected once, it stands there ${found}`,
    hint: 'Correct "find" in the story, so that it names exactly one place.',
  });
}

async function copyFolder(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true });
  } catch (cause) {
    throw misfit(`the story's folder ${from} cannot be copied`, cause);
  }
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw misfit(`${file} cannot be read in the repository`, cause);
  }
}

function misfit(message: string, cause: unknown): StoryError {
  return new StoryError({
    code: 'change-does-not-fit',
    message,
    hint: 'Correct the path in the story.',
    cause,
  });
}
