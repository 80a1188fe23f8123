// One request of the load: asked once, never again, and what became of it.
import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asking {
  /** `http://127.0.0.1:PORT` */
  readonly target: string;
  readonly agent: Agent;
  /** Milliseconds after which it has failed, counted from when a connection was there. */
  readonly timeoutMs: number;
}

/** Asks. `done` gets null for a whole 2xx answer, else a word: the status, an error code, `cut` or `timeout`. */
export function ask(next: LoadRequest, asking: Asking, done: (failure: string | null) => void): void {
  let settled = false;
  let timer: NodeJS.Timeout | undefined;
  const once = (failure: string | null): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    done(failure);
  };
  const { target, agent, timeoutMs } = asking;
  const options = { method: next.method, agent, headers: headersOf(next) };
  const sent = httpRequest(`${target}${next.path}`, options, (response) => read(response, once));
  // One plain timer, because a socket's own starts over with every byte.
  sent.once('socket', () => {
    timer = setTimeout(() => sent.destroy(new Error('timeout')), timeoutMs);
  });
  sent.once('error', (error: NodeJS.ErrnoException) => once(error.code ?? error.message));
  sent.end(next.body);
}

function read(response: IncomingMessage, done: (failure: string | null) => void): void {
  const status = response.statusCode ?? 0;
  response.resume();
  response.once('end', () => done(status >= 200 && status <= 299 ? null : String(status)));
  response.once('error', () => done('cut'));
  response.once('close', () => done('cut'));
}

function headersOf(next: LoadRequest): Record<string, string | number> {
  if (next.body === undefined) return { ...next.headers };
  const length = Buffer.byteLength(next.body);
  return { 'content-type': 'application/json', ...next.headers, 'content-length': length };
}
