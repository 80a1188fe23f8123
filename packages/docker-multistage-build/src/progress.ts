// What BuildKit reports while it builds: `--progress=rawjson` read line by line and folded into steps.
import { createDocumentBuffer, type DocumentBuffer } from './document-buffer.js';

export interface StepLog {
  readonly step: string;
  readonly text: string;
}

/** One vertex of the build graph as last reported. */
export interface Step {
  readonly digest: string;
  readonly name: string;
  readonly startedMs: number | null;
  readonly completedMs: number | null;
  readonly cached: boolean;
  readonly error: string | null;
  /** Digests of the steps it is made from. */
  readonly inputs: readonly string[];
}

export interface ProgressReader {
  /** Takes one line of output; returns what became complete with it. */
  push(line: string): ProgressUpdate;
}

export interface ProgressUpdate {
  /** Steps whose state changed. */
  readonly steps: readonly Step[];
  readonly logs: readonly StepLog[];
  /** Digests of steps for which layers are downloaded or unpacked. */
  readonly transfers: readonly string[];
  /** A line that is no progress: warnings, the error at the end, its excerpt of the Dockerfile. */
  readonly plain: string | null;
}

interface RawVertex {
  readonly digest?: unknown;
  readonly name?: unknown;
  readonly started?: unknown;
  readonly completed?: unknown;
  readonly cached?: unknown;
  readonly error?: unknown;
  readonly inputs?: unknown;
}

interface RawStatus {
  readonly vertex?: unknown;
  readonly id?: unknown;
}

interface RawLog {
  readonly vertex?: unknown;
  readonly data?: unknown;
}

const nothing: ProgressUpdate = { steps: [], logs: [], transfers: [], plain: null };
/**
 * Reads rawjson in both shapes buildx writes: one document a line, or pretty-printed with braces at column 0.
 * Build output is base64 inside the documents, so a build cannot forge one.
 */
export function createProgressReader(): ProgressReader {
  let pending: DocumentBuffer | null = null;
  return {
    push(line) {
      if (pending !== null) {
        pending.add(line);
        if (line !== '}') return nothing;
        const text = pending.text();
        pending = null;
        return readDocument(text) ?? nothing;
      }
      if (line === '{') {
        pending = createDocumentBuffer(line);
        return nothing;
      }
      if (line.startsWith('{"')) return readDocument(line) ?? { ...nothing, plain: line };
      return { ...nothing, plain: line };
    },
  };
}

function readDocument(text: string): ProgressUpdate | null {
  const document = parseObject(text);
  if (document === null) return null;
  const steps = list<RawVertex>(document['vertexes']).flatMap((vertex) => readStep(vertex));
  const logs = list<RawLog>(document['logs']).flatMap((log) => readLog(log));
  const transfers = list<RawStatus>(document['statuses']).flatMap((status) => readTransfer(status));
  return { steps, logs, transfers, plain: null };
}

function readStep(vertex: RawVertex): readonly Step[] {
  if (typeof vertex.digest !== 'string' || typeof vertex.name !== 'string') return [];
  return [
    {
      digest: vertex.digest,
      name: vertex.name,
      startedMs: time(vertex.started),
      completedMs: time(vertex.completed),
      cached: vertex.cached === true,
      error: typeof vertex.error === 'string' && vertex.error !== '' ? vertex.error : null,
      inputs: Array.isArray(vertex.inputs) ? vertex.inputs.filter((input) => typeof input === 'string') : [],
    },
  ];
}

/** Statuses of layers are called after their digest, those of unpacking with a word before it. */
function readTransfer({ vertex, id }: RawStatus): readonly string[] {
  return typeof vertex === 'string' && typeof id === 'string' && /^(?:extracting )?sha256:/.test(id)
    ? [vertex]
    : [];
}

function readLog(log: RawLog): readonly StepLog[] {
  if (typeof log.vertex !== 'string' || typeof log.data !== 'string') return [];
  return [{ step: log.vertex, text: decode(log.data) }];
}

/** One for all pieces: memory outside the heap is given back late. */
const scratch = Buffer.alloc(64 * 1024);

function decode(base64: string): string {
  if (base64.length > scratch.length) return Buffer.from(base64, 'base64').toString('utf8');
  return scratch.toString('utf8', 0, scratch.write(base64, 'base64'));
}

function time(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function list<T extends object>(value: unknown): readonly T[] {
  return Array.isArray(value)
    ? value.filter((item): item is T => typeof item === 'object' && item !== null)
    : [];
}
