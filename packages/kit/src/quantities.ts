// Durations, sizes and whole numbers as people write them.

const durationUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1000],
  ['mb', 1000 ** 2],
  ['gb', 1000 ** 3],
  ['tb', 1000 ** 4],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
]);

/** Milliseconds of `500ms`, `30s`, `5m`, `1h30m`, `2d` or `0`; null for anything else. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(\d{1,9}(ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(digits) * (durationUnits.get(unit ?? '') ?? 0);
  }
  return total;
}

/** Bytes of `1048576`, `10MB` (decimal) or `10MiB` (binary); null for anything else. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)\s?([a-z]{0,3})$/i.exec(text);
  const unit = sizeUnits.get((match?.[2] ?? '?').toLowerCase());
  if (match === null || unit === undefined) return null;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** A whole number in decimal digits; null for anything else. */
export function parseInteger(text: string): number | null {
  if (!/^-?\d{1,15}$/.test(text)) return null;
  return Number(text) + 0;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people, in decimal units as registries and `docker images` show them: `155.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${byteUnits[unit]}`;
}
