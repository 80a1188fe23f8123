// The files of a host in memory, and processes that can die at any of their calls.
import type { HostFiles, Transport } from '../src/transport.js';

export interface MemoryHost {
  readonly stored: Map<string, string>;
  readonly files: HostFiles;
}

export function createMemoryHost(): MemoryHost {
  const stored = new Map<string, string>();
  return {
    stored,
    files: {
      read: async (path) => stored.get(path) ?? null,
      create: async (path, content) => {
        if (stored.has(path)) return false;
        stored.set(path, content);
        return true;
      },
      replace: async (path, content) => void stored.set(path, content),
      remove: async (path) => void stored.delete(path),
      // What is left here is left for the test to see.
      sweep: () => Promise.resolve(),
    },
  };
}

/** One process: its calls are counted, and from the fatal one on none of them does anything or ends. */
export interface Life {
  readonly calls: number;
  readonly isDead: boolean;
  /** Resolves when it dies. */
  readonly death: Promise<void>;
  call<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface Doom {
  /** Number of the call, from 0; -1: never. */
  readonly at: number;
  /** `after`: what was called for is done, and nobody hears of it. */
  readonly when: 'before' | 'after';
}

export function createLife({ at, when }: Doom, onCall: (name: string) => void = () => undefined): Life {
  let calls = 0;
  let isDead = false;
  let die = (): void => undefined;
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = new Promise<never>(() => undefined);
  return {
    get calls() {
      return calls;
    },
    get isDead() {
      return isDead;
    },
    death,
    call: async (name, work) => {
      if (isDead) return never;
      const isLast = calls === at;
      calls += 1;
      if (isLast) {
        isDead = true;
        if (when === 'after') await work();
        die();
        return never;
      }
      onCall(name);
      return work();
    },
  };
}

/** Every method of it as a call of that process, `remove` as `file remove` with a prefix `file `. */
export function livingBy<T extends object>(
  life: Life,
  thing: T,
  { names, prefix = '' }: { readonly names: readonly (keyof T & string)[]; readonly prefix?: string },
): T {
  const calls = names.map((name) => {
    const work: unknown = thing[name];
    if (typeof work !== 'function') throw new Error(`${name} is no method`);
    return [name, (...args: unknown[]) => life.call(`${prefix}${name}`, () => work.apply(thing, args))];
  });
  return { ...thing, ...Object.fromEntries(calls) };
}

export function memoryTransport(files: HostFiles): Transport {
  const refuse = (): Promise<never> => Promise.reject(new Error('nothing but files is in memory'));
  const close = (): Promise<void> => Promise.resolve();
  return { host: 'memory', engine: refuse, proxy: refuse, ask: refuse, request: refuse, files, close };
}
