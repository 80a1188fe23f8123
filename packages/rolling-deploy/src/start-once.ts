// A start whose answer may be lost on the way, over ssh above all: then what the engine shows counts, and nothing is
// started a second time.
import type { Engine } from './engine.js';
import { DeployError } from './errors.js';

type Starting = Pick<Engine, 'start' | 'inspect'>;

/** Of a container that was last started at `since`, by the engine's clock; 0: never. @throws {DeployError} */
export async function startOnce(id: string, since: number, engine: Starting): Promise<void> {
  try {
    await engine.start(id);
  } catch (error) {
    if (!(await wasStarted(id, since, engine, error))) throw error;
  }
}

/** The same of an instance: a request that never arrived is sent again, and one that did is answered with "started already". */
export async function startInstance(id: string, since: number, engine: Starting): Promise<void> {
  try {
    await engine.start(id);
  } catch (error) {
    if (!(await wasStarted(id, since, engine, error))) await engine.start(id);
  }
}

/** @throws the error itself when it is the engine's answer, and what asking rejects with */
async function wasStarted(id: string, since: number, engine: Starting, error: unknown): Promise<boolean> {
  if (!(error instanceof DeployError) || !lost.has(error.code)) throw error;
  return ((await engine.inspect(id))?.startedAt ?? 0) > since;
}

const lost: ReadonlySet<string> = new Set(['engine-unreachable', 'ssh-unreachable']);
