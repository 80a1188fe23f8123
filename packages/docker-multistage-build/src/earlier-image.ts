// Whether an earlier run made this image: what it takes to believe that is loaded only where one is asked for.
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import type { Place } from './publication.js';
import type { TakenOver } from './reuse.js';

/** @throws ActionError as `takeOver` does */
export async function lookForImage(
  place: Place | undefined,
  leg: { readonly inputs: Inputs; readonly journal: Journal; readonly deps: Deps },
): Promise<TakenOver | null> {
  if (place === undefined || leg.inputs.imageKey === null) return null;
  return await (await import('./reuse.js')).takeOver(leg.inputs, place.registry, leg);
}
