// One call to the Engine API: a deadline, the engine's own words when it refuses, patience while it restarts.
import type { Clock } from '@headgate/kit/clock';
import type { HttpResponse } from '@headgate/kit/http';
import { callError } from './engine-refusals.js';
import { refusalOf } from './engine-words.js';
import { DeployError, systemCode } from './errors.js';
import type { EngineRequest, Transport } from './transport.js';

export interface CallOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Milliseconds for an ordinary call. */
  readonly deadlineMs: number;
}

/** `timeoutMs` when the call may take longer than an ordinary one. */
export type CallRequest = Omit<EngineRequest, 'timeoutMs'> & {
  readonly timeoutMs?: number;
  /** Done twice it is the same as once: sent again when the connection broke. */
  readonly repeatable?: boolean;
};

/** 404 and 409 are answers, every other status from 400 on rejects. The body is still to be read. */
export type Call = (request: CallRequest) => Promise<HttpResponse>;

const retryMs = 250;
const logLimit = 256 * 1024;

export function createCall({ transport, clock, deadlineMs }: CallOptions): Call {
  return async ({ repeatable = false, ...request }) => {
    const began = clock.now();
    const timeoutMs = request.timeoutMs ?? deadlineMs;
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await accepted(await transport.engine({ ...request, timeoutMs }), request);
      } catch (error) {
        if (error instanceof DeployError) throw error;
        request.signal?.throwIfAborted();
        // An engine that restarts refuses connections for a moment. What it may have heard is not said again, unless it may
        // be done twice; what found nobody to hear it is.
        const late = clock.now() - began + retryMs >= timeoutMs;
        const again = request.method === 'GET' || (repeatable && isFirst) || isUnheard(error);
        if (!again || late) throw unreachable(transport.host, error);
        await clock.sleep(retryMs, request.signal);
      }
    }
  };
}

/** Reads the answer of a call that must have been accepted, JSON or ''. @throws {DeployError} engine-refused */
export async function answerOf(
  response: HttpResponse,
  request: Pick<CallRequest, 'method' | 'path'>,
): Promise<unknown> {
  const answer = await response.text();
  if (response.status >= 400) throw refusal(request, response.status, answer);
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

/** The lines of a stream as they come; a last one without a line break too. */
export async function* linesOf(response: HttpResponse): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of response.body) {
    const lines = (pending + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
  }
  if (pending !== '') yield pending;
}

/** The beginning of a body, about 256 KiB; `cut` when there was more. */
export async function beginningOf(
  response: HttpResponse,
): Promise<{ readonly bytes: Buffer; readonly cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > logLimit) break;
  }
  return { bytes: Buffer.concat(chunks), cut: size > logLimit };
}

async function accepted(response: HttpResponse, request: CallRequest): Promise<HttpResponse> {
  if (response.status < 400 || response.status === 404 || response.status === 409) return response;
  throw refusal(request, response.status, await response.text());
}

function refusal(
  { method, path }: Pick<CallRequest, 'method' | 'path'>,
  status: number,
  body: string,
): DeployError {
  const words = refusalOf(body);
  const place = path.replace(/\?.*$/, '').replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12));
  return callError(`${method} ${place}`, status, words);
}

function isUnheard(error: unknown): boolean {
  const codes = ['ECONNREFUSED', 'ENOENT'];
  return codes.includes(systemCode(error instanceof Error ? error.cause : error));
}

function unreachable(host: string, error: unknown): DeployError {
  return new DeployError({
    code: 'engine-unreachable',
    message: `the engine on ${host} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Start the engine, or set engine to the address where it listens, and let this user open it.',
    cause: error,
  });
}
