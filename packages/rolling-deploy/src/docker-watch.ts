// The engine's events about one service's containers as a Watch: one stream, however many instances are waited for.
import type { Engine } from './engine.js';
import type { EngineEvent } from './engine-events.js';
import { type Identity, identityLabels } from './identity.js';
import type { Happening, Watch } from './target.js';

/** Happenings remembered of one container; more would be a crash loop that was judged long ago. */
const memory = 64;

export function watchEngine(engine: Pick<Engine, 'events'>, identity: Identity): Watch {
  const closing = new AbortController();
  const told = new Map<string, Happening[]>();
  let isNew = false;
  let wake: (() => void) | null = null;
  const hear = ({ container, ...happening }: EngineEvent): void => {
    const known = told.get(container) ?? [];
    told.set(container, [...known.slice(1 - memory), happening]);
    isNew = wake === null;
    wake?.();
    wake = null;
  };
  void engine.events(identityLabels(identity), hear, closing.signal);
  return {
    told: ({ id }) => told.get(id) ?? [],
    next: (signal) =>
      new Promise((resolve) => {
        if (isNew) resolve();
        else wake = resolve;
        isNew = false;
        // What is told when nobody waits any longer is for the next who does.
        signal.addEventListener('abort', () => {
          wake = null;
        });
      }),
    close: () => closing.abort(),
  };
}
