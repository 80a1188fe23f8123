// Where the last rehearsal of an application and story is kept.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Application } from '@headgate/rehearsal/story/application';
import type { HostProcess } from './host-process.js';

/** Below the user's cache folder; null where there is none. Source: XDG Base Directory Specification. */
export async function keptFolder(application: Application, env: HostProcess['env']): Promise<string | null> {
  const { XDG_CACHE_HOME: given = '', HOME: home = '' } = env;
  const cache = isAbsolute(given) ? given : isAbsolute(home) ? join(home, '.cache') : null;
  if (cache === null) return null;
  const parent = join(cache, 'headgate', 'rehearsals');
  const made = await mkdir(parent, { recursive: true, mode: 0o700 }).then(
    () => true,
    () => false,
  );
  const name = createHash('sha256').update(`${application.directory}\0${application.story.story}`);
  return made ? join(parent, name.digest('hex').slice(0, 16)) : null;
}
