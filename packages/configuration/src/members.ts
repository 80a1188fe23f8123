// Members of a parsed file whose shape may be wrong: what has another type is passed over.
import { isMapping } from './finding.js';

export function entriesOf(value: unknown, key: string): readonly (readonly [string, unknown])[] {
  const inner = isMapping(value) ? value[key] : null;
  return isMapping(inner) ? Object.entries(inner) : [];
}

/** The text under a key; null when it is none or empty. */
export function textOf(value: unknown, key: string): string | null {
  const inner = isMapping(value) ? value[key] : null;
  return typeof inner === 'string' && inner !== '' ? inner : null;
}

export function listOf(value: unknown, key: string): readonly unknown[] {
  const inner = isMapping(value) ? value[key] : null;
  return Array.isArray(inner) ? inner : [];
}

export function textsOf(value: unknown, key: string): readonly string[] {
  return listOf(value, key).filter((item) => typeof item === 'string');
}

/** Whatever stands under a key; undefined when nothing does. */
export function memberOf(value: unknown, key: string): unknown {
  return isMapping(value) ? value[key] : undefined;
}
