// The input `cache`: a preset, or caches that are spelled out, never both; what a preset means is loaded when it is used.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import type { CachePreset } from './cache-preset.js';

/** `off`, `auto`, `gha`, `registry`, `local` or `local:FOLDER`; null for anything else. */
export function parseCachePreset(text: string): CachePreset | null {
  if (text === 'off' || text === 'auto' || text === 'gha' || text === 'registry') return { kind: text };
  if (text === 'local') return { kind: 'local', directory: null };
  const directory = /^local:(.+)$/s.exec(text)?.[1];
  return directory === undefined || directory.includes('\0') ? null : { kind: 'local', directory };
}

/** @throws InputError for an unknown preset, and for one beside caches that are spelled out */
export function readCache(reader: InputReader<'cache' | 'cache-from' | 'cache-to'>): CachePreset {
  const text = reader.text('cache');
  const preset = parseCachePreset(text);
  if (preset === null) {
    throw new InputError(
      'cache',
      `off, auto, gha, registry, local or local:FOLDER was expected, "${text.slice(0, 80)}" was found`,
      'Write for example cache: auto.',
    );
  }
  const other = (['cache-from', 'cache-to'] as const).find((input) => reader.text(input) !== '');
  if (preset.kind === 'off' || other === undefined) return preset;
  throw new InputError(
    'cache',
    `it was given beside ${other}, which spells a cache out`,
    `Remove one of them.`,
  );
}
