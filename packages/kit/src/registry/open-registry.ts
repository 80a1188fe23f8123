// A repository of a registry as most callers want it: logged in, patient, ended by the step's signal.
import type { Deps } from '../deps.js';
import type { TransportOptions } from './login.js';
import { createPersistence, type PersistenceDeps } from './persistence.js';
import type { ImageName } from './reference.js';
import { createRegistry, type Registry } from './registry.js';
import { createTransport } from './transport.js';

export interface RegistryPlace extends Pick<TransportOptions, 'credentials' | 'actions'> {
  readonly image: ImageName;
}

/** Nothing is sent yet. */
export function openRegistry(place: RegistryPlace, deps: PersistenceDeps & Pick<Deps, 'http'>): Registry {
  const { http, clock, signal } = deps;
  const transport = createTransport({ ...place, http, now: () => clock.now() });
  const { image } = place;
  return createRegistry({ image, transport, persist: createPersistence(image.host, deps), signal });
}
