// Tar archives: files of ours into a container, and what comes out of one into a folder, where everything is hostile.
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createTarDecoder, type ParsedTarEntry, packTar } from 'modern-tar';
import { DeployError } from './errors.js';
import type { ServiceFile } from './service.js';

/** Shared by all archives of one step. */
export interface UnpackBudget {
  /** Left. */
  bytes: number;
  entries: number;
}

export interface UnpackedFile {
  /** Relative to the folder, parts joined by `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

const depthLimit = 64;
const lengthLimit = 1_000;
const partLimit = 255;

/**
 * Writes regular files and folders only, each where nothing was before. What it wrote before it refused is left for the
 * caller, who owns the folder.
 * @throws {DeployError} files-refused
 */
export async function unpack(
  archive: Readable,
  folder: string,
  budget: UnpackBudget,
): Promise<readonly UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  try {
    const metered = archive.pipe(meter(budget));
    archive.once('error', (error) => metered.destroy(error));
    const bytes = Readable.toWeb(metered) as ReadableStream<Uint8Array>;
    for await (const entry of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
      const file = await write(entry, folder, budget);
      if (file !== null) files.push(file);
    }
    return files;
  } catch (error) {
    throw error instanceof DeployError ? error : refused(messageOf(error));
  } finally {
    archive.on('error', () => undefined).destroy();
  }
}

/** Each under its path from the root. */
export function pack(files: readonly ServiceFile[]): Promise<Uint8Array> {
  const entries = files.map(({ target, content, uid, gid, mode }) => {
    const body = Buffer.from(content, 'base64');
    return {
      header: { name: target.slice(1), size: body.length, type: 'file' as const, uid, gid, mode },
      body,
    };
  });
  return packTar(entries);
}

/** Parts of a path inside a folder; null for any other. */
export function innerPath(name: string): readonly string[] | null {
  if (name === '' || name.length > lengthLimit || name.startsWith('/') || /\p{Cc}|\\/u.test(name))
    return null;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const fits = parts.every((part) => part !== '..' && Buffer.byteLength(part) <= partLimit);
  return fits && parts.length > 0 && parts.length <= depthLimit ? parts : null;
}

async function write(
  { header, body }: ParsedTarEntry,
  folder: string,
  budget: UnpackBudget,
): Promise<UnpackedFile | null> {
  budget.entries -= 1;
  if (budget.entries < 0) throw refused('it has too many entries');
  const { name, type = 'file', size } = header;
  const parts = innerPath(name);
  if (parts === null) throw refused(`it has the path ${shown(name)}`);
  if (type !== 'file' && type !== 'directory') throw refused(`${shown(name)} is a ${type}`);
  // Before a byte of it is read.
  if (size > budget.bytes) throw refused('it is larger than all files together may be');
  const inside = type === 'directory' ? parts : parts.slice(0, -1);
  await mkdir(join(folder, ...inside), { recursive: true, mode: 0o755 });
  if (type === 'directory') {
    await body.cancel();
    return null;
  }
  // Nothing may be there: not a link either, though none was ever made here.
  const file = await open(join(folder, ...parts), 'wx', 0o644);
  try {
    for await (const chunk of body) await file.write(chunk);
  } finally {
    await file.close();
  }
  return { path: parts.join('/'), size };
}

/** Also of what is no file's content: names and attributes without end. */
function meter(budget: UnpackBudget): Transform {
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      budget.bytes -= chunk.length;
      if (budget.bytes < 0) done(refused('it is larger than all files together may be'));
      else done(null, chunk);
    },
  });
}

function refused(why: string): DeployError {
  return new DeployError({
    code: 'files-refused',
    message: `the archive of the files was refused, nothing of it was kept: ${why}`,
    hint: 'Let `files` name a folder that holds only regular files and folders, as few and small as needed.',
  });
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
