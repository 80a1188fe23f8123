// Keeps what a rehearsal did for the next one, once everything has ended.
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import { type KeptRun, withoutLegs } from '../engine/kept-run.js';
import { messageOf } from '../engine/problem.js';
import { bundleSeed } from '../parts/git-edits.js';
import { knownValues, showsSecret } from './known-values.js';
import { type LastRehearsal, move, places, writeLast } from './last-rehearsal.js';
import type { Setting } from './setting.js';

interface Keeping {
  /** Where the last rehearsal of this application and story is kept. */
  readonly folder: string;
  /** The rehearsal's own folder. */
  readonly directory: string;
  readonly times: readonly number[];
  readonly run: RunCommand;
}

/** Nothing with a secret in it is kept; the setting is closed, its folder is still there. */
async function keepRehearsal(setting: Setting, { folder, directory, times, run }: Keeping): Promise<void> {
  const { host, engine, folders, registry, mail, proxies } = setting;
  const masks = knownValues([...folders.keys()].map((name) => host.repository(name)));
  const runs: readonly KeptRun[] = engine.keep().map((each) => withoutLegs(each, showsSecret(each, masks)));
  const last: LastRehearsal = {
    folder,
    runs,
    commits: Object.fromEntries([...folders].map(([name, { commit }]) => [name, commit])),
    times,
    lastId: host.nextId(),
    directory,
    ports: {
      registry: portOf(registry.host),
      github: portOf(host.serverUrl),
      mail: mail.port,
      proxy: [...proxies.values()].flatMap((proxy) => proxy.ports),
    },
  };
  await writeLast(last, async (fresh) => {
    for (const [name, seed] of folders) await bundleSeed(seed, places.bundle(fresh, name), run);
    await move(join(directory, 'parts', 'registry'), places.registry(fresh));
  });
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

export interface KeepOptions {
  /** Where to keep what a later rehearsal goes on from; null: nowhere. */
  readonly keepIn: string | null;
  readonly directory: string;
  readonly run: RunCommand;
  /** Told what went wrong besides the rehearsal itself. */
  readonly warn: (message: string) => void;
}

/** A rehearsal that cannot be kept is as good as any other. */
export async function keepIfWanted(
  setting: Setting,
  options: KeepOptions,
  times: readonly number[],
): Promise<void> {
  const { keepIn: folder, directory, warn } = options;
  if (folder === null) return;
  // An interrupted rehearsal is kept too, so its commands are not ended by the interrupt.
  const run: RunCommand = (command) => options.run(command, { signal: new AbortController().signal });
  await keepRehearsal(setting, { folder, directory, times, run }).catch((error: unknown) =>
    warn(`what was done could not be kept in ${folder} for --from: ${messageOf(error)}`),
  );
}
