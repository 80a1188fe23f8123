// How full the disk is, for a failure that says it is: the runner's own, and what docker keeps.

import { statfs } from 'node:fs/promises';
import type { Deps } from '@headgate/kit/deps';
import { formatBytes } from '@headgate/kit/quantities';

const questionTimeoutMs = 10_000;
const mostKinds = 6;

/** One or two sentences; empty when nothing can be found out, which is no failure. */
export async function diskSpace(deps: Pick<Deps, 'run' | 'signal' | 'temporary'>): Promise<string> {
  const facts = [await ownDisk(deps.temporary), await dockerUse(deps)];
  return facts.filter((fact) => fact !== '').join(' ');
}

async function ownDisk(folder: string): Promise<string> {
  const found = await statfs(folder).catch(() => null);
  if (found === null) return '';
  const { bavail, blocks, bsize } = found;
  return `The runner has ${formatBytes(bavail * bsize)} free of ${formatBytes(blocks * bsize)}.`;
}

/** As `docker system df` says it; the engine may live on another disk. */
async function dockerUse({ run, signal }: Pick<Deps, 'run' | 'signal'>): Promise<string> {
  const args = ['system', 'df', '--format', '{{.Type}}\t{{.Size}}\t{{.Reclaimable}}'];
  const answer = await run({ file: 'docker', args }, { signal, timeoutMs: questionTimeoutMs }).catch(
    () => null,
  );
  if (answer === null || answer.code !== 0) return '';
  const kinds = answer.stdout
    .split('\n')
    .slice(0, mostKinds)
    .flatMap((line) => {
      const [type, size, reclaimable] = line.split('\t');
      return type === undefined || size === undefined || reclaimable === undefined
        ? []
        : [`${type} ${size} (${reclaimable} reclaimable)`];
    });
  return kinds.length === 0 ? '' : `Docker holds ${kinds.join(', ')}.`;
}
