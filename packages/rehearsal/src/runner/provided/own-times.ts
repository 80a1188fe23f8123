// The times of a checkout's files. BuildKit takes a file of the size and time of one that it got before for that one, from
// whatever folder it came (seen with 0.13 and 26.1), and a system's clock for files ticks every few milliseconds: two
// rehearsals that begin together would build each other's files. A job on GitHub has a machine of its own.
import { randomInt } from 'node:crypto';
import { lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Sets all of them to one moment of the last second that no other checkout has. @param now milliseconds since the epoch */
export async function giveOwnTimes(directory: string, now: number): Promise<void> {
  const moment = (now - randomInt(1_000_000) / 1000) / 1000;
  for (const path of await filesIn(directory)) await lutimes(path, moment, moment);
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [directory];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) found.push(path);
      else if (entry.name !== '.git') waiting.push(path);
    }
  }
  return found;
}
