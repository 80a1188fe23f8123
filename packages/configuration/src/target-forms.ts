// The forms of places that rolling-deploy takes: known when a run begins, not only when it has built everything.
import { engineAddress } from '@headgate/kit/engine-address';
import { failure } from './failures.js';
import { publicKeys, publicKeysWanted } from './signing-schema.js';
import { mapPath, mapPathWanted } from './strategy-schema.js';

export interface Place {
  readonly keys: readonly string[];
  readonly pattern: RegExp;
  readonly wanted: string;
}

export const places = {
  engine: {
    keys: ['engine'],
    pattern: engineAddress,
    wanted: "a socket's path, unix://… or tcp://…",
  },
  socket: {
    keys: ['proxy', 'socket'],
    pattern: /^\/[^\n\r\0]*[^\s\0]$/u,
    wanted: 'an absolute path, nothing blank at its end',
  },
  backend: {
    keys: ['proxy', 'backend'],
    pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
    wanted: "a backend's name of letters, digits, ., _, : and -",
  },
  map: { keys: ['strategy', 'map'], pattern: mapPath, wanted: mapPathWanted },
  keys: { keys: ['public-key'], pattern: publicKeys, wanted: publicKeysWanted },
} as const satisfies Record<string, Place>;

/** @throws {ActionError} `invalid-target` */
export function checked(path: string, text: string, { pattern, wanted }: Place): string {
  if (pattern.test(text)) return text;
  const message = `${path}: ${wanted} was expected, ${JSON.stringify(text)} was found`;
  throw failure('invalid-target', message, 'Correct the value, or the variable that it names.');
}
