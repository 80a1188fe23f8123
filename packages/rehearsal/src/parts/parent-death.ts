// Servers that end when this process does, however it ends.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute } from 'node:path';

const guard = '/usr/bin/setpriv';

/**
 * Where util-linux is there, the kernel ends the server with this process, however that ends: a server that goes on
 * after a kill would look like a rehearsal that goes on. A program that is not found keeps its own error.
 */
export async function endedWithParent(command: {
  readonly file: string;
  readonly args: readonly string[];
}): Promise<readonly [string, ...string[]]> {
  const plain = [command.file, ...command.args] as const;
  if (!isAbsolute(command.file)) return plain;
  const there = await Promise.all([isExecutable(guard), isExecutable(command.file)]);
  return there.includes(false) ? plain : [guard, '--pdeathsig', 'SIGTERM', '--', ...plain];
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
