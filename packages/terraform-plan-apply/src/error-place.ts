// Where the first error of the tool's output stands: `on main.tf line 3, in resource …`, below the working directory.
import { posix } from 'node:path';
import type { Place } from '@headgate/kit/errors';

const placeLine = /^on (\S.*) line ([1-9]\d{0,8})(?:, in .+)?:?$/;

/**
 * The place from the repository's root; null when the error has none, or one in a module that was fetched.
 * @param output lines without box drawing, the error's own first
 * @param directory the working directory, from the repository's root
 */
export function errorPlace(output: readonly string[], directory: string): Place | null {
  const [, ...rest] = output;
  const end = rest.findIndex((line) => /^(?:Error|Warning): /.test(line));
  const own = end < 0 ? rest : rest.slice(0, end);
  const found = own.map((line) => placeLine.exec(line)).find((match) => match !== null);
  if (found === undefined || found === null) return null;
  const file = posix.join(directory, found[1] ?? '');
  // A value from the command line or a variable file in JSON of ours is no file of theirs: `<value for var.x>`.
  if (file.includes('<')) return null;
  const isOurs = !file.startsWith('../') && !file.startsWith('/') && !file.split('/').includes('.terraform');
  return isOurs ? { file, line: Number(found[2]) } : null;
}
