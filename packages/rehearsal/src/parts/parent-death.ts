// Servers that end when this process does, however it ends.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

const guard = '/usr/bin/setpriv';
const shell = '/bin/sh';

/**
 * Whoever started it may have died before the kernel was told to watch; then nothing tells it ever again. Asked after
 * that telling, so that no moment lies between. Source: prctl(2), PR_SET_PDEATHSIG.
 */
const onlyWithParent = 'test "$PPID" = "$1" || exit 1; shift; exec "$@"';

export interface GuardedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Where the program is looked for when its name is no path. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Where util-linux is there, the kernel ends the server with the process `parent`, however that ends: a server that goes
 * on after a kill would look like a rehearsal that goes on. A program that is not found keeps its own error.
 */
export async function endedWithParent(
  { file, args, env }: GuardedCommand,
  parent: number = process.pid,
): Promise<readonly [string, ...string[]]> {
  const { PATH = '' } = env;
  const program = await findProgram(file, PATH);
  const guarded = program !== null && (await isExecutable(guard)) && (await isExecutable(shell));
  if (!guarded) return [file, ...args];
  const watched = [shell, '-c', onlyWithParent, 'sh', String(parent), program, ...args] as const;
  return [guard, '--pdeathsig', 'SIGTERM', '--', ...watched];
}

/** As `execvp` looks for it; null when there is none. */
async function findProgram(file: string, path: string): Promise<string | null> {
  if (isAbsolute(file)) return (await isExecutable(file)) ? file : null;
  if (file.includes('/')) return null;
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const program = join(folder, file);
    if (await isExecutable(program)) return program;
  }
  return null;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
