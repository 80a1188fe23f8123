// The name of a leg in artifact names; apart from record.ts so that an action's start needs no schema library.
import { sha256Hex } from './digest.js';
import type { StageName } from './record.js';

/** 12 hex digits naming a leg in artifact names. */
export function legHash(stage: StageName, name: string): string {
  return sha256Hex(`${stage}\n${name}`).slice(0, 12);
}
