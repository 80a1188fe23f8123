// An image of the local Docker engine, by way of `docker save`.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import { openArchive } from './archive.js';
import { failure } from './failures.js';
import type { ImageSource } from './image-source.js';

export interface EngineDeps {
  readonly run: RunCommand;
  /** An existing folder; the archive lies in a folder of its own below it, and goes with the source. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

const longestSaveMs = 15 * 60_000;

/** @throws ActionError `engine-refused`, and the codes of `openArchive` */
export async function engineImage(
  name: string,
  { run, temporary, signal }: EngineDeps,
): Promise<ImageSource> {
  // As an argument of its own, which must not be taken for an option.
  if (!/^[A-Za-z0-9]/.test(name))
    throw failure('image-name-invalid', `${JSON.stringify(name)} is no name of an image.`);
  const folder = await mkdtemp(join(temporary, 'save-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'image.tar');
    const args = ['save', '--output', path, name];
    const { code, stderr } = await run({ file: 'docker', args }, { signal, timeoutMs: longestSaveMs });
    if (code !== 0) {
      const said = stderr.trim().split('\n').at(-1) ?? '';
      throw failure('engine-refused', `docker save ended with ${code}: ${said.slice(0, 500)}`);
    }
    const source = await openArchive(await open(path));
    const close = async (): Promise<void> => {
      await source.close();
      await remove();
    };
    return { ...source, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
