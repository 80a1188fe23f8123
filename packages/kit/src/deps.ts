// Everything an action touches outside itself. `run(inputs, deps)` gets this; tests pass doubles of the real boundaries.
import type { Clock } from './clock.js';
import type { Context } from './context.js';
import type { ConnectGitHub } from './github.js';
import type { Http } from './http.js';
import type { RunCommand, StartCommand } from './process.js';

export interface AnnotationPlace {
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** The part of the runner protocol that actions use; `@actions/core` behind it. */
export interface Core {
  getInput(name: string): string;
  setOutput(name: string, value: string): void;
  setSecret(value: string): void;
  getState(name: string): string;
  saveState(name: string, value: string): void;
  debug(message: string): void;
  info(message: string): void;
  notice(message: string, place?: AnnotationPlace): void;
  warning(message: string, place?: AnnotationPlace): void;
  error(message: string, place?: AnnotationPlace): void;
  startGroup(name: string): void;
  endGroup(): void;
  /** Appends Markdown to the job summary (1 MiB a step at most; longer text is cut with a notice). */
  appendSummary(markdown: string): Promise<void>;
  /** The same before what this step has appended so far. */
  prependSummary(markdown: string): Promise<void>;
}

export interface Deps {
  readonly core: Core;
  readonly clock: Clock;
  /** From 0 to 1; for pauses, never for secrets. */
  readonly random: () => number;
  readonly context: Context;
  /** Short tool calls: output collected, bounded. */
  readonly run: RunCommand;
  /** Long builds and applies: own session, output to a file, exactly one stop signal. */
  readonly start: StartCommand;
  readonly http: Http;
  readonly connectGitHub: ConnectGitHub;
  /** The step's environment, read-only; children get only the allow-listed part of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A private folder (0700) for this step's files; removed by the entry when the step ends. */
  readonly temporary: string;
  /** Aborted on the first SIGINT or SIGTERM: the job was cancelled. */
  readonly signal: AbortSignal;
}
