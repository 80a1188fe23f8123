// The process around a command, as far as commands need it; index.ts passes the real one, tests their own.
import type { Readable, Writable } from 'node:stream';

/** Standard output or error; the extra members are there on a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

export interface HostProcess {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly directory: string;
  /** The file of this very program. */
  readonly script: string;
  readonly node: { readonly path: string; readonly version: string };
  /** The parent's channel, for the load generator's process. */
  readonly channel: {
    send?(message: unknown): boolean;
    on(event: 'message', listener: (message: unknown) => void): unknown;
    once(event: 'disconnect', listener: () => void): unknown;
    disconnect?(): void;
  };
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** As the first SIGINT, for keys that are read one by one. */
  interrupt(): void;
}

export function print(output: Output, lines: readonly string[]): void {
  output.write(`${lines.join('\n')}\n`);
}
