// Puts one lease in the place of another, for which exactly one of many gets the right.
import type { Clock } from '@headgate/kit/clock';
import { digestOf } from '@headgate/kit/digest';
import type { HostFiles } from './transport.js';

export interface TakeoverDeps {
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly path: string;
  readonly expiryMs: number;
}

/**
 * Answers whether `text` stands in the place of `expected` now. Who first makes the file that is named for what is to be
 * replaced has the right; of one who died with it, it passes on after an expiry in which nothing happened. The file is
 * never absent meanwhile: somebody who saw it so would take it.
 */
export async function takeOver(
  { expected, text }: { readonly expected: string; readonly text: () => string },
  deps: TakeoverDeps,
): Promise<boolean> {
  const { files, clock, path, expiryMs } = deps;
  const claims: string[] = [];
  const claim = (): string => `${path}.take-${digestOf(expected).slice(-12)}-${claims.length}`;
  for (;;) {
    const began = clock.now();
    const own = claim();
    claims.push(own);
    if (await files.create(own, '')) {
      const isThere = (await files.read(path)) === expected;
      if (isThere) await files.replace(path, text());
      // So late it may have passed on: whoever has it by then finds this one, and neither acts.
      const isOurs = isThere && clock.now() - began < expiryMs / 2;
      for (const one of isThere ? claims : [own]) await files.remove(one);
      return isOurs;
    }
    if (!(await isLeft(expected, deps))) return false;
  }
}

/** For an expiry the lease is the same: who has the right to replace it is lost. */
async function isLeft(expected: string, { files, clock, path, expiryMs }: TakeoverDeps): Promise<boolean> {
  for (const began = clock.now(); clock.now() - began < expiryMs; ) {
    await clock.sleep(Math.min(expiryMs / 10, 1_000));
    if ((await files.read(path)) !== expected) return false;
  }
  return true;
}
