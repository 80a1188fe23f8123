// Keeps the list of what was done, how long it took and how it ended; begins no step after a cancel.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';

export type StepKind =
  | 'read'
  | 'recover'
  | 'prepare'
  | 'start'
  | 'healthy'
  | 'admit'
  | 'join'
  | 'split'
  | 'route'
  | 'settle'
  | 'pause'
  | 'drain'
  | 'stop'
  | 'clean-up'
  | 'test'
  | 'hook'
  | 'run'
  | 'undo';

export interface StepRecord {
  readonly kind: StepKind;
  /** What it was done to: an instance's name, or ''. */
  readonly subject: string;
  readonly seconds: number;
  readonly ok: boolean;
  /** A number or reason worth showing; '' when there is none. */
  readonly detail: string;
}

export interface StepsDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called before each step: keeps the lock alive, and writes down what comes. */
  readonly beat: (kind: StepKind, subject: string) => Promise<void>;
}

export interface Steps {
  readonly records: readonly StepRecord[];
  /** Runs one step; `detail` of its result is shown. @throws {DeployError} cancelled, before the step begins */
  run<T>(kind: StepKind, subject: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
}

export function createSteps(deps: StepsDeps): Steps {
  const records: StepRecord[] = [];
  return {
    records,
    run: async (kind, subject, work, detail) => {
      if (deps.signal.aborted && kind !== 'undo') throw cancelled();
      const beat = deps.beat(kind, subject);
      // An undo neither waits for it nor is refused for a lock that cannot be renewed.
      const told = kind === 'undo' ? beat.catch(() => undefined) : await beat;
      const began = deps.clock.now();
      const note = (ok: boolean, text: string): void => {
        const seconds = Math.round(deps.clock.now() - began) / 1000;
        records.push({ kind, subject, seconds, ok, detail: text });
        const about = [subject, text].filter((part) => part !== '').join(': ');
        deps.log(
          `${ok ? 'done' : 'failed'} ${kind}${about === '' ? '' : ` ${about}`} (${seconds.toFixed(2)} s)`,
        );
      };
      try {
        const result = await work();
        note(true, detail?.(result) ?? '');
        return result;
      } catch (error) {
        note(false, error instanceof Error ? error.message : String(error));
        throw deps.signal.aborted && kind !== 'undo' ? cancelled() : error;
      } finally {
        await told;
      }
    },
  };
}

export function cancelled(): DeployError {
  return new DeployError({
    code: 'cancelled',
    message: 'the job was cancelled before the deployment was complete',
    hint: 'Run the deployment again when the service shall change.',
  });
}
