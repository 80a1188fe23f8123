// on-rollback in a post step: the main step was cut off and knows nothing any more, so what it had is read once more.
import type { Deps } from '@headgate/kit/deps';
import { connectTarget } from './connection.js';
import { readDelivery } from './delivery.js';
import { type Hooking, hooksAt } from './host-hooks.js';
import type { Place } from './places.js';
import { createSteps } from './steps.js';
import type { Hand } from './undo.js';
import { readWish } from './wish.js';

/** Never rejects: answers what was not done, a sentence each. */
export async function hooksAfterCancel(
  { former: instances }: Hand,
  { how, ...host }: Pick<Place, 'name' | 'inputs' | 'transport' | 'lock'> & { readonly how: Hooking },
  deps: Deps,
): Promise<readonly string[]> {
  const { inputs, transport, lock } = host;
  const { clock, signal, core } = deps;
  try {
    const delivery = await readDelivery(inputs, deps);
    const wish = await readWish(inputs, delivery, deps);
    const connection = await connectTarget(inputs, wish, deps, transport);
    const log = (line: string): void => core.info(line);
    const steps = createSteps({ clock, signal, log, beat: () => lock.renew() });
    const place = { ...host, connection, delivery, steps, hooked: [] };
    return (await hooksAt(place, how, deps)?.rolledBack('cancelled', { instances, undone: true })) ?? [];
  } catch (error) {
    return [`hooks of on-rollback were not run: ${error instanceof Error ? error.message : String(error)}`];
  }
}
