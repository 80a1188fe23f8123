// A rehearsal runs a repository's own steps on this machine: nobody should learn that afterwards.
import { createInterface } from 'node:readline/promises';
import { type HostProcess, print } from './host-process.js';
import { UsageError } from './usage-error.js';

/**
 * Says what will happen and asks, unless told not to. True: go on.
 * @throws {UsageError} where nobody can be asked
 */
export async function askConsent(directory: string, yes: boolean, host: HostProcess): Promise<boolean> {
  print(host.stderr, [
    `This runs the workflow steps, builds and containers of ${directory} on this machine, with your rights.`,
  ]);
  if (yes) return true;
  if (host.stdin.isTTY !== true) {
    throw new UsageError(
      'nobody can be asked: this is not a terminal',
      'Pass --yes if you trust that repository.',
    );
  }
  const lines = createInterface({ input: host.stdin, output: host.stderr });
  try {
    const answer = await lines.question('Go on? [y/N] ', { signal: host.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
