// What GitHub documents of workflows, held against the engine and the runner; the workflows lie in `behaviours/`.
import { describe, expect, it } from '@jest/globals';
import { readChapters } from './behaviour.js';
import { expected, play } from './play.js';

for (const { subject, behaviours } of readChapters()) {
  describe(subject, () => {
    for (const behaviour of behaviours) {
      if ('test' in behaviour) continue;
      it(behaviour.behaviour, async () => {
        expect(await play(behaviour)).toEqual(expected(behaviour));
      });
    }
  });
}
