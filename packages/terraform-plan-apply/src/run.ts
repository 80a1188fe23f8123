// The two stories of this action.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';

export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  if (inputs.mode === 'plan') return (await import('./plan.js')).planInfrastructure(inputs, deps);
  return (await import('./apply.js')).applyInfrastructure(inputs, deps);
}
