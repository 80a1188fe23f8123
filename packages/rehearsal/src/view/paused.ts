// A failed step that waits: what went wrong, where to look, what to type.
import type { PausedStep } from '../runner/pauses.js';
import { clean } from './text.js';

/** The same on a terminal, in plain lines, and as the answer of `headgate retry`. */
export function pausedLines(paused: PausedStep, type: readonly string[]): readonly string[] {
  const times = paused.attempts === 1 ? '' : ` again, attempt ${paused.attempts}`;
  const tail = paused.tail.filter((line) => line.trim() !== '');
  return [
    `⏸ ${clean(paused.job)}: "${clean(paused.step)}" failed${times}`,
    ...paused.cause.flatMap((cause) => cause.trim().split('\n')).map((line) => `    ${clean(line)}`),
    ...tail.map((line) => `    | ${clean(line)}`),
    `  workflow  ${clean(paused.workflow)}`,
    ...(paused.action === null ? [] : [`  action    ${clean(paused.action)}`]),
    `  folder    ${clean(paused.folder)}`,
    `  log       ${clean(paused.logFile)}`,
    ...type.map((line) => `  ${line}`),
  ];
}

/** What to type where keys are read, and where they are not. */
export const typeHints = {
  keys: ['Mend it, then press r to try the step again; g gives it up, Ctrl-C ends everything.'],
  command: (several: boolean): readonly string[] => {
    const job = several ? ' JOB' : '';
    return [
      `Mend it, then type in another terminal: headgate retry${job}`,
      `(headgate retry${job} --give-up lets the job fail; Ctrl-C here ends everything)`,
    ];
  },
} as const;
