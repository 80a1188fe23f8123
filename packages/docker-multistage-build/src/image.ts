// The one build whose bytes ship: built into a layout, read back, measured.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { type BuildOutcome, runBuild } from './build.js';
import { type BuildPlan, remaining } from './build-plan.js';
import { failure } from './failures.js';
import type { Journal } from './journal.js';
import { type ImageLayout, readLayout } from './layout.js';
import { type ImageSizes, measure } from './sizes.js';

export interface BuiltImage {
  readonly layout: ImageLayout;
  readonly sizes: ImageSizes;
}

export type ImageOutcome =
  | { readonly kind: 'built'; readonly image: BuiltImage }
  | Exclude<BuildOutcome, { kind: 'built' }>;

/** The folder inside `deps.temporary` that holds the layout. */
export function layoutDirectory(deps: Pick<Deps, 'temporary'>): string {
  return join(deps.temporary, 'layout');
}

/**
 * Builds the target once and takes digest and sizes from the layout itself.
 * @throws ActionError `layout-invalid`
 */
export async function buildImage(
  target: string,
  plan: BuildPlan,
  { journal, deps }: { readonly journal: Journal; readonly deps: Deps },
): Promise<ImageOutcome> {
  const layoutPath = layoutDirectory(deps);
  const metadataFile = join(deps.temporary, 'metadata.json');
  const goal = { kind: 'image', target, layout: layoutPath, metadataFile } as const;
  const title = `Build ${target === '' ? 'the last stage' : target}`;
  const outcome = await journal.time('build', () =>
    runBuild({ ...plan, goal, deadlineMs: remaining(plan, deps), title }, deps),
  );
  if (outcome.kind !== 'built') return outcome;
  const image = await journal.time('measure', async () => {
    const layout = await readLayout(layoutPath);
    await checkReported(metadataFile, layout);
    return { layout, sizes: await measure(layout, deps.signal) };
  });
  return { kind: 'built', image };
}

/** The builder's own report must name the digest that the layout holds. */
async function checkReported(metadataFile: string, layout: ImageLayout): Promise<void> {
  const text = await readFile(metadataFile, 'utf8').catch(() => '{}');
  const reported = /"containerimage\.digest"\s*:\s*"(sha256:[0-9a-f]{64})"/.exec(text)?.[1];
  if (reported === undefined || reported === layout.root.digest) return;
  throw failure(
    'layout-invalid',
    `The builder reports ${reported}, but the layout holds ${layout.root.digest}.`,
    'Run the job again; if it repeats, report the buildx and BuildKit versions.',
  );
}
