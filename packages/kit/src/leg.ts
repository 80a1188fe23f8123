// The name of a leg in artifact names; apart from record.ts so that an action's start needs no schema library.
import type { StageName } from './record-parts.js';
import { sha256OfText } from './sha256.js';

/** 12 hex digits naming a leg in artifact names. */
export function legHash(stage: StageName, name: string): string {
  return sha256OfText(`${stage}\n${name}`).slice(0, 12);
}
