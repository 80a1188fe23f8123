// What whole-flow scenarios need of the machine and of this checkout, and why they are left out where it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { baseImage } from './tiny-application.js';

export const checkout = join(import.meta.dirname, '..', '..', '..', '..');
/** Actions whose bundles the workflows run. */
export const bundles = ['git-flow', 'docker-multistage-build', 'rolling-deploy'] as const;
/** And those that a release needs besides. */
export const releaseBundles = [...bundles, 'terraform-plan-apply', 'approval-gate', 'notify'] as const;
/** All that the workflows name: a runner fetches those of skipped steps too. */
export const installed = [...releaseBundles, 'packer-image'] as const;

interface Staleness {
  isAsCommitted(root: string, bundle: unknown): Promise<boolean>;
  knownOutput(root: string, bundle: unknown): string | null;
  digestOutput(dist: string): string;
}

interface Bundles {
  listBundles(root: string): readonly { readonly name: string }[];
}

const module = async (...path: string[]): Promise<unknown> =>
  import(join(checkout, 'scripts', 'build', ...path));

/** Bundles that are not what the present sources build: a scenario would test something else. */
export async function staleBundles(used: readonly string[]): Promise<readonly string[]> {
  const staleness = (await module('staleness.mjs')) as Staleness;
  const { listBundles } = (await module('bundles.mjs')) as Bundles;
  const wanted = listBundles(checkout).filter(({ name }) => used.includes(name));
  const stale = await Promise.all(
    wanted.map(async (bundle) => {
      const dist = join(checkout, 'packages', bundle.name, 'dist');
      if (!existsSync(dist)) return true;
      if (await staleness.isAsCommitted(checkout, bundle)) return false;
      return staleness.knownOutput(checkout, bundle) !== staleness.digestOutput(dist);
    }),
  );
  return wanted.flatMap(({ name }, index) => (stale[index] === true ? [name] : []));
}

function silentTools(further: readonly (readonly string[])[]): readonly string[] {
  const calls = [
    ['docker', 'version'],
    ['docker', 'buildx', 'version'],
    ['docker', 'image', 'inspect', baseImage],
    ['haproxy', '-v'],
    ['docker-registry', '--version'],
    ['git', '--version'],
    ['curl', '--version'],
    ...further,
  ];
  return calls
    .filter(([file = '', ...args]) => spawnSync(file, args, { timeout: 20_000 }).status !== 0)
    .map((words) => words.join(' '));
}

/** `describe`, or its skipping form after saying what is missing; `used` are the bundles that the scenarios run. */
export async function scenarios(
  name: string,
  used: readonly string[] = ['git-flow', 'docker-multistage-build'],
  further: readonly (readonly string[])[] = [],
): Promise<typeof describe | typeof describe.skip> {
  const silent = silentTools(further);
  const stale = await staleBundles(used);
  if (silent.length > 0) process.stderr.write(`skipped: ${name}: no answer from ${silent.join(', ')}\n`);
  if (stale.length > 0)
    process.stderr.write(`skipped: ${name}: out of date (npm run build): ${stale.join(', ')}\n`);
  return silent.length + stale.length === 0 ? describe : describe.skip;
}
