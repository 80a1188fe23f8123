// The one build whose bytes ship: built into a layout, and its documents read back.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageLayout } from '@headgate/image/layout';
import type { Deps } from '@headgate/kit/deps';
import type { BuildOutcome } from './build.js';
import type { BuildPlan } from './build-plan.js';
import { readBuiltLayout } from './built-layout.js';
import { failure } from './failures.js';
import { readMetadata } from './image-outputs.js';
import type { Journal } from './journal.js';
import { runStep } from './planned-build.js';

export interface BuiltImage {
  readonly layout: ImageLayout;
  /** The builder's own report, as JSON without secrets. */
  readonly metadata: string;
}

export type ImageOutcome =
  | { readonly kind: 'built'; readonly image: BuiltImage }
  | Exclude<BuildOutcome, { kind: 'built' }>;

/** The folder inside `deps.temporary` that holds the layout. */
export function layoutDirectory(deps: Pick<Deps, 'temporary'>): string {
  return join(deps.temporary, 'layout');
}

/**
 * Builds the target once and takes its digest from the layout itself.
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
  const outcome = await runStep('build', { plan, goal, title }, { journal, deps });
  if (outcome.kind !== 'built') return outcome;
  const layout = await readBuiltLayout(layoutPath);
  await checkReported(metadataFile, layout);
  const image = { layout, metadata: await readMetadata(metadataFile, plan.redactor) };
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
