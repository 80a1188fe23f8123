// JUnit reports among the files of a folder that somebody else filled: bounded, and whatever is none is passed over.
import { lstat, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { JUnitReport } from './junit.js';

/** Bytes. */
const reportLimit = 16 * 1024 * 1024;
const reportsLimit = 200;

/**
 * By path, in the order given.
 * @param paths of regular files, relative to the folder
 */
export async function readJUnitFiles(
  folder: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, JUnitReport>> {
  const reports = new Map<string, JUnitReport>();
  const candidates: string[] = [];
  for (const path of paths.filter((each) => extname(each).toLowerCase() === '.xml'))
    if ((await lstat(join(folder, path))).size <= reportLimit) candidates.push(path);
  if (candidates.length === 0) return reports;
  const { parseJUnit } = await import('./junit.js');
  for (const path of candidates.slice(0, reportsLimit)) {
    const report = parseJUnit(await readFile(join(folder, path), 'utf8'));
    if (report !== null) reports.set(path, report);
  }
  return reports;
}
