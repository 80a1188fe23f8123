// A command in a container that runs: what it says as it comes, and its exit code by the engine's word.
import type { Clock } from '@headgate/kit/clock';
import { createFrameReader, createLineReader } from './container-log.js';
import type { Engine } from './engine.js';

export interface Exec {
  readonly command: readonly string[];
  /** Over the container's own. */
  readonly environment: ReadonlyMap<string, string>;
  /** Milliseconds for all of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ExecDeps {
  readonly engine: Pick<Engine, 'execs'>;
  readonly clock: Clock;
  /** Hostile text. */
  readonly onLine: (line: string) => void;
}

const pauseMs = 250;

/** Answers the exit code. @throws {DeployError} cannot-run, engine-refused, engine-unreachable; the signal's reason */
export async function execIn(id: string, exec: Exec, { engine, clock, onLine }: ExecDeps): Promise<number> {
  const { signal, timeoutMs } = exec;
  const { execs } = engine;
  const made = await execs.create(id, exec);
  const { body } = await execs.start(made, { signal, timeoutMs });
  const frames = createFrameReader({ timed: false });
  const lines = createLineReader(onLine);
  try {
    for await (const chunk of body)
      for (const message of frames.take(chunk as Uint8Array)) lines.take(message);
  } catch {
    // A connection that breaks says nothing: the engine is asked how it ended.
    signal.throwIfAborted();
  }
  lines.end();
  for (;;) {
    const code = await execs.exitCode(made);
    if (code !== null) return code;
    await clock.sleep(pauseMs, signal);
  }
}
