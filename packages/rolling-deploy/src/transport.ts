// How a host is reached: its engine, its proxy, its loopback ports and its files. `local` now; `ssh` fits behind the same four.
import type { HttpResponse } from '@headgate/kit/http';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** With the API version and the query: `/v1.45/containers/json?all=1`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** Milliseconds until the headers must have arrived. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HostFiles {
  /** Null when there is no such file. */
  read(path: string): Promise<string | null>;
  /** Creates the file and its folders; false when it exists already. */
  create(path: string, content: string): Promise<boolean>;
  /** Replaces the file in one step. */
  replace(path: string, content: string): Promise<void>;
  /** Renames; false when `from` does not exist (somebody else was faster). */
  move(from: string, to: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

export interface Transport {
  /** For messages: `this machine`, later `user@host`. */
  readonly host: string;
  /** Any status is a result; rejects when the engine does not answer in time. The body is a stream. */
  engine(request: EngineRequest): Promise<HttpResponse>;
  /** One line to the proxy's runtime socket, its whole answer back. */
  proxy(command: string, timeoutMs: number): Promise<string>;
  /** The status of a GET to a loopback port of the host. */
  ask(port: number, path: string, timeoutMs: number): Promise<number>;
  readonly files: HostFiles;
}
