// What the record of the barrier before holds already: the rest of the entries is added, nothing twice.
import { canonicalJson } from '@headgate/kit/digest';
import type { DeliveryRecord, Entry } from '@headgate/kit/record';
import type { RecordParts } from '@headgate/kit/record-parts';

/** The entries without the parts that `record` holds; two legs may leave equal parts, so each counts once. */
export function notYetIn(record: DeliveryRecord, entries: readonly Entry[]): readonly Entry[] {
  const left = new Map<string, number>();
  for (const name of partNames) {
    for (const part of record[name]) left.set(keyOf(name, part), (left.get(keyOf(name, part)) ?? 0) + 1);
  }
  const isNew = (name: keyof RecordParts, part: unknown): boolean => {
    const key = keyOf(name, part);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  };
  return entries.map((entry) => ({
    ...entry,
    parts: Object.fromEntries(
      partNames.flatMap((name) => {
        const parts: readonly unknown[] = entry.parts[name] ?? [];
        return parts.length === 0 ? [] : [[name, parts.filter((part) => isNew(name, part))]];
      }),
    ),
  }));
}

const partNames = [
  'images',
  'machineImages',
  'plans',
  'configurations',
  'approvals',
  'deployments',
  'tests',
  'timings',
] as const satisfies readonly (keyof RecordParts)[];

function keyOf(name: keyof RecordParts, part: unknown): string {
  return `${name}\n${canonicalJson(part)}`;
}
