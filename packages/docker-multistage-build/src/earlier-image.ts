// Whether an earlier run made this image: what it takes to believe that is loaded only where one is asked for.
import type { Inputs } from './inputs.js';
import type { Place } from './publication.js';
import type { ReuseTools, TakenOver } from './reuse.js';

/** @throws ActionError as `takeOver` does */
export async function lookForImage(
  place: Place | undefined,
  leg: ReuseTools & { readonly inputs: Inputs },
): Promise<TakenOver | null> {
  if (place === undefined || leg.inputs.imageKey === null) return null;
  return await (await import('./reuse.js')).takeOver(leg.inputs, place.registry, leg);
}
