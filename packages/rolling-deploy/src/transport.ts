// How a host is reached: its engine, its proxy, its instances and its files. The machine itself, or another one by ssh.
import type { HttpRequest, HttpResponse } from '@headgate/kit/http';
import type { Endpoint } from './endpoint.js';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** With the API version and the query: `/v1.45/containers/json?all=1`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, or a tar archive. */
  readonly body?: string | Uint8Array;
  /** Milliseconds until the headers must have arrived. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface PortRequest
  extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'signal' | 'timeoutMs'> {
  readonly path: string;
}

export interface HostFiles {
  /** Null when there is no such file. */
  read(path: string): Promise<string | null>;
  /** Creates the file and its folders; false when it exists already. */
  create(path: string, content: string): Promise<boolean>;
  /** Replaces the file in one step. */
  replace(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes what writers of the file left beside it when they died, and have not touched for five minutes. */
  sweep(path: string): Promise<void>;
}

export interface Transport {
  /** For messages: `this machine` or `user@host`. */
  readonly host: string;
  /** Any status is a result; rejects when the engine does not answer in time. The body is a stream. */
  engine(request: EngineRequest): Promise<HttpResponse>;
  /** One line to the proxy's runtime socket, its whole answer back. */
  proxy(command: string, timeoutMs: number): Promise<string>;
  /** One HTTP request from the host to an endpoint. Any status is a result; the body is a stream. */
  request(endpoint: Endpoint, request: PortRequest): Promise<HttpResponse>;
  /** The status of a GET from the host to an endpoint. */
  ask(endpoint: Endpoint, path: string, timeoutMs: number): Promise<number>;
  readonly files: HostFiles;
  /** Ends what was opened; a later use opens it again. Never rejects. */
  close(): Promise<void>;
}
