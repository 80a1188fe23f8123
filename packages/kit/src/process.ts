// Child processes: argv arrays only, never a shell; an allow-listed environment; bounded memory.

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the allow-listed environment (see `childEnvironment`). */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the child's standard input, which is closed otherwise. */
  readonly input?: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the child is killed; 60,000 unless said. */
  readonly timeoutMs?: number;
  /** Bytes kept of each stream; 10 MiB unless said. More is the error `output-too-large`. */
  readonly maxBytes?: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command and collects its output. A non-zero code is a result, not an error. */
export type RunCommand = (command: Command, options?: RunOptions) => Promise<CommandResult>;

export interface LongCommand extends Command {
  /** Receives stdout and stderr, in order of writing; the child writes it itself and so survives our death. */
  readonly logFile: string;
  /** The one signal sent on cancel or deadline. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  /** Milliseconds until the stop signal; required: every wait has an end. */
  readonly deadlineMs: number;
  /** Milliseconds between the stop signal and SIGKILL. */
  readonly graceMs: number;
  /** Called with each complete line of the log as it grows. */
  readonly onLine?: (line: string) => void;
}

export interface LongResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it was stopped, if it was. */
  readonly stopped: 'cancelled' | 'deadline' | null;
  /** The last 64 KiB of the log. */
  readonly tail: string;
}

/** Runs a long command in its own session (setsid), tailing its log. */
export type StartCommand = (command: LongCommand, signal: AbortSignal) => Promise<LongResult>;
