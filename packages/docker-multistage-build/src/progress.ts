// What BuildKit reports while it builds: `--progress=rawjson` read line by line and folded into steps.

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
}

export interface ProgressReader {
  /** Takes one line of output; returns what became complete with it. */
  push(line: string): ProgressUpdate;
}

export interface ProgressUpdate {
  /** Steps whose state changed. */
  readonly steps: readonly Step[];
  readonly logs: readonly StepLog[];
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
}

interface RawLog {
  readonly vertex?: unknown;
  readonly data?: unknown;
}

const nothing: ProgressUpdate = { steps: [], logs: [], plain: null };
/** A progress document larger than this is dropped: BuildKit sends logs in pieces of a few KiB. */
const largestDocument = 4 * 1024 * 1024;

/**
 * Reads rawjson in both shapes buildx writes: one document a line, or pretty-printed with braces at column 0.
 * Build output is base64 inside the documents, so a build cannot forge one.
 */
export function createProgressReader(): ProgressReader {
  let pending: string[] = [];
  let size = 0;
  const flush = (): ProgressUpdate => {
    const document = pending.join('\n');
    pending = [];
    size = 0;
    return readDocument(document) ?? nothing;
  };
  return {
    push(line) {
      if (pending.length > 0) {
        size += line.length;
        if (size <= largestDocument) pending.push(line);
        return line === '}' ? flush() : nothing;
      }
      if (line === '{') {
        pending = [line];
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
  return { steps, logs, plain: null };
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
    },
  ];
}

function readLog(log: RawLog): readonly StepLog[] {
  if (typeof log.vertex !== 'string' || typeof log.data !== 'string') return [];
  return [{ step: log.vertex, text: Buffer.from(log.data, 'base64').toString('utf8') }];
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
