// The memory of one build: its steps, the last log lines of each, and the lines people see.
import type { Redactor } from '@headgate/kit/secrets';
import { createProgressReader, type Step } from './progress.js';
import { createTimeline, type TimedStep } from './timeline.js';

export interface BuildTrace {
  /** Takes one line of buildx output and returns the lines to show for it. */
  take(line: string): readonly string[];
  /** Steps in order of first appearance. */
  steps(): readonly Step[];
  /** The last lines a step printed, newest last. */
  lastLines(digest: string): readonly string[];
  /** The last lines that were no progress: the error and its excerpt. */
  diagnostics(): readonly string[];
  /** When each step ran. */
  timeline(): readonly TimedStep[];
}

/** Log lines kept of each step for the failure report. */
const keptLines = 20;
const keptDiagnostics = 200;
const longestLine = 2000;
/** Characters kept of a line that is not complete yet; far more than is shown of it. */
const longestPartial = 64 * 1024;

interface StepMemory {
  readonly number: number;
  step: Step;
  /** Text after the last line feed. */
  partial: string;
  lines: string[];
}

/**
 * An empty trace; memory stays bounded by the number of steps, whatever the build prints. Lines are redacted before
 * they are cut: half a secret is one that no mask finds.
 */
export function createTrace({ redact }: Redactor): BuildTrace {
  const shorten: Shorten = (line) => cut(redact(line));
  const reader = createProgressReader();
  const memories = new Map<string, StepMemory>();
  const plain: string[] = [];
  const timeline = createTimeline();
  return {
    take(line) {
      const update = reader.push(line);
      timeline.add(update);
      const shown = update.steps.flatMap((step) => remember(memories, step));
      for (const log of update.logs) {
        const memory = memories.get(log.step);
        if (memory !== undefined) shown.push(...addLog(memory, log.text, shorten));
      }
      if (update.plain !== null) {
        const line = shorten(update.plain);
        plain.push(line);
        if (plain.length > keptDiagnostics) plain.shift();
        shown.push(line);
      }
      return shown;
    },
    steps: () => [...memories.values()].map((memory) => memory.step),
    lastLines: (digest) => {
      const memory = memories.get(digest);
      if (memory === undefined) return [];
      return [...memory.lines, ...(memory.partial === '' ? [] : [shorten(memory.partial)])].slice(-keptLines);
    },
    diagnostics: () => plain,
    timeline: () => timeline.steps(),
  };
}

function remember(memories: Map<string, StepMemory>, step: Step): readonly string[] {
  const known = memories.get(step.digest);
  if (known === undefined) {
    const memory: StepMemory = { number: memories.size + 1, step, partial: '', lines: [] };
    memories.set(step.digest, memory);
    return [`#${memory.number} ${step.name}`, ...ending(memory, null)];
  }
  const before = known.step;
  known.step = step;
  return ending(known, before);
}

/** One closing line a step, although BuildKit may report it completed several times. */
function ending(memory: StepMemory, before: Step | null): readonly string[] {
  const { step, number } = memory;
  if (step.error !== null) return before?.error == null ? [`#${number} ERROR ${step.error}`] : [];
  if (step.cached) return before?.cached === true ? [] : [`#${number} CACHED`];
  if (step.completedMs === null || step.startedMs === null) return [];
  const seconds = (step.completedMs - step.startedMs) / 1000;
  const sameEnd = before?.completedMs === step.completedMs;
  // BuildKit opens a step with an instantaneous start and end: noise unless it took time.
  return sameEnd || seconds < 0.01 ? [] : [`#${number} DONE ${seconds.toFixed(1)}s`];
}

type Shorten = (line: string) => string;

function addLog(memory: StepMemory, text: string, shorten: Shorten): readonly string[] {
  const parts = `${memory.partial}${text}`.split('\n');
  memory.partial = (parts.pop() ?? '').slice(0, longestPartial);
  const complete = parts.map((part) => shorten(part.replace(/\r$/, '').replace(/^.*\r/, '')));
  memory.lines = [...memory.lines, ...complete].slice(-keptLines);
  return complete.map((line) => `#${memory.number} ${line}`);
}

function cut(line: string): string {
  return line.length <= longestLine ? line : `${line.slice(0, longestLine)}…`;
}
