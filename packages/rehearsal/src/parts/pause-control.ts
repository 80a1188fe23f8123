// The door to a rehearsal that is paused: a socket in its own folder, one question and one answer a connection.
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Decision, PausedStep, Pauses, RetryEnd } from '../runner/pauses.js';
import { PartError } from './part-error.js';

/** The socket's name in the rehearsal's folder, which nobody else can enter. */
export const controlName = 'control.sock';

export type Question =
  | { readonly ask: 'list' }
  | { readonly ask: 'decide'; readonly jobId: number; readonly decision: Decision };

export interface Answer {
  /** The application's folder. */
  readonly application: string;
  /** What waits now. */
  readonly paused: readonly PausedStep[];
  /** After `decide`; null when that job was not paused. */
  readonly end: RetryEnd | null;
}

/** Longer questions are nobody's. */
const questionLimit = 10_000;

export interface Control {
  stop(): Promise<void>;
}

/** Listens until it is stopped. */
export async function startControl(file: string, application: string, pauses: Pauses): Promise<Control> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    onLine(socket, async (line) => {
      const end = await carryOut(line, pauses);
      socket.end(`${JSON.stringify({ application, paused: pauses.list(), end } satisfies Answer)}\n`);
    });
  });
  await listening(server, file);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Who waits for the end of a retry learns by the closed connection that there is none.
        for (const socket of open) socket.destroy();
      }),
  };
}

function listening(server: Server, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
}

function onLine(socket: Socket, take: (line: string) => Promise<void>): void {
  let text = '';
  const read = (chunk: string): void => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end === -1 && text.length <= questionLimit) return;
    socket.off('data', read);
    if (end === -1) socket.destroy();
    else take(text.slice(0, end)).catch(() => socket.destroy());
  };
  socket.setEncoding('utf8');
  socket.on('data', read);
}

async function carryOut(line: string, pauses: Pauses): Promise<RetryEnd | null> {
  const question: unknown = JSON.parse(line);
  if (typeof question !== 'object' || question === null) return null;
  const { ask, jobId, decision } = Object.fromEntries(Object.entries(question));
  if (ask !== 'decide' || typeof jobId !== 'number') return null;
  if (decision !== 'retry' && decision !== 'give-up') return null;
  return pauses.decide(jobId, decision);
}

/** Asks a rehearsal; null when nobody listens there any more. @throws {PartError} when it ends before it answers */
export function askControl(file: string, question: Question, signal: AbortSignal): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(file);
    const stop = (): void => void socket.destroy(new Error('interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    let connected = false;
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      connected = true;
      socket.write(`${JSON.stringify(question)}\n`);
    });
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', (error) => {
      if (connected || signal.aborted) reject(signal.aborted ? error : ended());
      else resolve(null);
    });
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (text.endsWith('\n')) resolve(JSON.parse(text) as Answer);
      else reject(ended());
    });
  });
}

function ended(): PartError {
  return new PartError({
    code: 'part-refused',
    message: 'the rehearsal ended before the step did',
    hint: 'See its own terminal for how it ended.',
  });
}
