// The same sources built a second time from nothing: equal digests, or where the two images part ways.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageLayout } from '@headgate/image/layout';
import type { Deps } from '@headgate/kit/deps';
import type { BuildOutcome } from './build.js';
import type { BuildPlan } from './build-plan.js';
import { readBuiltLayout } from './built-layout.js';
import { firstDifference } from './difference.js';
import { failure } from './failures.js';
import type { Journal } from './journal.js';
import { runStep } from './planned-build.js';

/**
 * Builds again without cache and compares the manifests of every platform; attestations, which hold times, are left out.
 * @returns how the second build ended
 * @throws ActionError `builds-differ` naming the first layer, instruction and file that differ
 */
export async function compareBuilds(
  first: ImageLayout,
  { target, plan }: { readonly target: string; readonly plan: BuildPlan },
  { journal, deps }: { readonly journal: Journal; readonly deps: Deps },
): Promise<BuildOutcome> {
  const directory = join(deps.temporary, 'layout-again');
  const metadataFile = join(deps.temporary, 'metadata-again.json');
  const goal = { kind: 'again', target, layout: directory, metadataFile } as const;
  try {
    const build = { plan, goal, title: 'Build again to compare' };
    const outcome = await runStep('build again', build, { journal, deps });
    if (outcome.kind !== 'built') return outcome;
    await journal.time('compare', async () => {
      const difference = await firstDifference(first, await readBuiltLayout(directory), deps.signal);
      if (difference !== null) throw differ(difference);
    });
    deps.core.info('A second build without cache has the same digests.');
    return outcome;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function differ(difference: string): Error {
  return failure(
    'builds-differ',
    `Two builds of the same sources are not the same image: ${difference}.`,
    'Make what that instruction does the same every time (fixed versions, no times, no random names), or build without `compare-builds`.',
  );
}
