// What follows the one build before anything is published: a second one to compare, and copies to other places.

import type { ImageLayout } from '@headgate/image/layout';
import type { Deps } from '@headgate/kit/deps';
import type { BuildPlan } from './build-plan.js';
import type { FailedPart } from './failed-leg.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';

/**
 * @returns the part that failed, or null
 * @throws ActionError `builds-differ`
 */
export async function finishBuild(
  inputs: Inputs,
  { plan, layout }: { readonly plan: BuildPlan; readonly layout: ImageLayout },
  tools: { readonly journal: Journal; readonly deps: Deps },
): Promise<FailedPart | null> {
  if (inputs.compareBuilds) {
    const { compareBuilds } = await import('./compare.js');
    const outcome = await compareBuilds(layout, { target: inputs.target, plan }, tools);
    if (outcome.kind !== 'built') return { step: 'second build', outcome };
  }
  if (inputs.load || inputs.exports.length > 0) {
    const { exportImage } = await import('./exports.js');
    const outcome = await exportImage(inputs, plan, tools);
    if (outcome.kind !== 'built') return { step: 'export', outcome };
  }
  return null;
}
