// Output of real builds, replayed line by line.
import { readFileSync } from 'node:fs';
import { createRedactor } from '@headgate/kit/secrets';
import { type BuildTrace, createTrace } from '../src/trace.js';

export interface Replay {
  readonly trace: BuildTrace;
  /** What people would have seen. */
  readonly shown: readonly string[];
}

/** @param name of a file in fixtures, without version and ending */
export function replay(name: string): Replay {
  return replayText(recordedOutput(name));
}

export function recordedOutput(name: string): string {
  return readFileSync(new URL(`fixtures/buildx-0.13.1-${name}.log`, import.meta.url), 'utf8');
}

export function replayText(text: string): Replay {
  const trace = createTrace(createRedactor([]));
  return { trace, shown: text.split('\n').flatMap((line) => [...trace.take(line)]) };
}
