// Child output in our log: inside stop-commands with a random token, so that no line of it is a command to the runner.
import type { Core } from './deps.js';

type Log = Pick<Core, 'info' | 'startGroup' | 'endGroup'>;

export interface ChildOutput {
  /** Takes bytes or text in any cut; whole lines are printed as they complete. */
  write(chunk: string | Uint8Array): void;
  /** Prints one line. */
  line(text: string): void;
  /** Prints what is left and lets the runner listen again. Calling it twice does nothing. */
  end(): void;
}

/**
 * Opens a stretch of log in which the runner executes nothing: while stopped, it drops both `::command::` and the
 * legacy `##[command]` form, wherever in a line, except one carrying the 128-bit token (source: the runner's
 * ActionCommandManager). Our own annotations and masks are dead in it too: register masks before.
 */
export function childOutput(core: Log, group?: string): ChildOutput {
  const token = stopToken();
  const decoder = new TextDecoder();
  let pending = '';
  let ended = false;
  const print = (line: string): void => core.info(line.replaceAll(token, '***'));
  if (group !== undefined) core.startGroup(group);
  core.info(`::stop-commands::${token}`);
  return {
    write(chunk) {
      if (ended) return;
      const lines = (
        pending + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      ).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) print(line);
    },
    line(text) {
      if (!ended) print(text);
    },
    end() {
      if (ended) return;
      ended = true;
      if (pending !== '') print(pending);
      core.info(`::${token}::`);
      if (group !== undefined) core.endGroup();
    },
  };
}

/** Runs `action` with a writer for child output, and lets the runner listen again whatever happens. */
export async function withStopCommands<T>(
  core: Log,
  action: (output: ChildOutput) => Promise<T>,
  group?: string,
): Promise<T> {
  const output = childOutput(core, group);
  try {
    return await action(output);
  } finally {
    output.end();
  }
}

/** Runs `action` inside a fold of the log. */
export async function withGroup<T>(core: Log, name: string, action: () => Promise<T>): Promise<T> {
  core.startGroup(name);
  try {
    return await action();
  } finally {
    core.endGroup();
  }
}

function stopToken(): string {
  return `headgate-${process.getBuiltinModule('node:crypto').randomBytes(16).toString('hex')}`;
}
