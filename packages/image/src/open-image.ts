// What people name is a folder, a file, or an image of a registry or of the local engine.
import { lstat, open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openArchive } from './archive.js';
import { type EngineDeps, engineImage } from './engine-image.js';
import { failure } from './failures.js';
import type { ImageSource } from './image-source.js';
import { openLayout } from './layout.js';
import { openRegistryImage, type RegistryDeps } from './registry-image.js';

export interface OpenImageDeps extends RegistryDeps, EngineDeps {
  /** Where relative paths begin. */
  readonly directory: string;
}

/** How an image of the local engine is named; `docker:…` would be the image of that name. */
const enginePrefix = 'docker-daemon:';

/**
 * @param name a folder with an OCI image layout, a .tar file, `[host/]repository[:tag][@digest]`, or `docker-daemon:` and
 * an image of the local engine
 * @throws ActionError, with the codes of `ImageFailureCode`; those of kit's registry for what a registry refuses
 */
export async function openImage(name: string, deps: OpenImageDeps): Promise<ImageSource> {
  if (name.startsWith(enginePrefix)) return engineImage(name.slice(enginePrefix.length), deps);
  const path = resolve(deps.directory, name);
  const found = await stat(path).catch(() => null);
  if (name !== '' && found?.isDirectory() === true) return openFolder(name, path);
  if (found?.isFile() === true) return openFile(path);
  if (found !== null || /^[./~]|\.tar$|\\/.test(name)) {
    throw failure('image-not-found', `${JSON.stringify(name)} was expected to be an image, there is none.`);
  }
  return openRegistryImage(name, deps);
}

async function openFolder(name: string, path: string): Promise<ImageSource> {
  const index = await lstat(join(path, 'index.json')).catch(() => null);
  if (index !== null) return openLayout(path);
  throw failure('image-not-found', `The folder ${JSON.stringify(name)} has no index.json.`);
}

async function openFile(path: string): Promise<ImageSource> {
  const file = await open(path);
  try {
    return await openArchive(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}
