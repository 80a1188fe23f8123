// What the Engine API answers as a stream: a container's end, its log, files out of it; and files into it.
import type { HttpResponse } from '@headgate/kit/http';
import { answerOf, type Call, type CallRequest } from './engine-call.js';

export interface StreamOptions {
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface LogRequest extends StreamOptions {
  /** Seconds with nine digits behind the point; '' from the beginning. */
  readonly since: string;
  /** The answer ends when the container does. */
  readonly follow: boolean;
}

export interface EngineStreams {
  /** Returns when the container does not run. Rejects when it is gone, or the connection breaks. */
  wait(id: string, options: StreamOptions): Promise<void>;
  /** Both streams of the log, each message behind its time. The body is still to be read. */
  log(id: string, request: LogRequest): Promise<HttpResponse>;
  /** A file or folder as a tar archive; null when there is none. The body is still to be read. */
  readArchive(id: string, path: string, options: StreamOptions): Promise<HttpResponse | null>;
  /** Unpacks a tar archive at the container's root. */
  writeArchive(id: string, archive: Uint8Array): Promise<void>;
}

export function createStreams(call: Call): EngineStreams {
  return {
    wait: async (id, options) => {
      const request: CallRequest = { method: 'POST', path: `/containers/${id}/wait`, ...options };
      await answerOf(await call(request), request);
    },
    log: async (id, { since, follow, ...options }) => {
      const from = since === '' ? '' : `&since=${since}`;
      const query = `stdout=1&stderr=1&timestamps=1&follow=${follow ? 1 : 0}${from}`;
      const request: CallRequest = { method: 'GET', path: `/containers/${id}/logs?${query}`, ...options };
      const response = await call(request);
      if (response.status >= 400) await answerOf(response, request);
      return response;
    },
    readArchive: async (id, path, options) => {
      const query = `path=${encodeURIComponent(path)}`;
      const request: CallRequest = { method: 'GET', path: `/containers/${id}/archive?${query}`, ...options };
      const response = await call(request);
      if (response.status < 400) return response;
      await response.text();
      return null;
    },
    writeArchive: async (id, archive) => {
      const request: CallRequest = {
        method: 'PUT',
        path: `/containers/${id}/archive?path=%2F`,
        headers: { 'Content-Type': 'application/x-tar' },
        body: archive,
      };
      await answerOf(await call(request), request);
    },
  };
}
