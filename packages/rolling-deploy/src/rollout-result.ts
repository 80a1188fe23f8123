// What a roll-out came to.
import type { DeployError } from './errors.js';
import type { StepAnalysis } from './step-analysis.js';
import type { Counters, Instance } from './target.js';
import type { Hand, UndoReport } from './undo.js';

interface Base {
  /** Digest that served before; null when nothing did. */
  readonly replaced: string | null;
  /** The instances of the version that served before. */
  readonly former: readonly Instance[];
  /** Instances in traffic at the end: of the wanted version, or of the former one after an undo. */
  readonly instances: number;
  /** Seen by the router while new instances proved themselves. */
  readonly traffic: Counters;
  readonly notices: readonly string[];
  /** Of each step that was analysed. */
  readonly analyses?: readonly StepAnalysis[];
  /** Digest that serves after a trial that was to end so; absent when it is the wanted one or the former one after a failure. */
  readonly serves?: string;
}

export type RolloutResult =
  | (Base & {
      readonly outcome: 'deployed' | 'unchanged';
      /** What would bring the former version back, now that this is done; null when none is kept. */
      readonly back: Hand | null;
    })
  | (Base & {
      readonly outcome: 'undone' | 'failed';
      readonly failure: DeployError;
      readonly undo: UndoReport;
      /** Who serves after an undo that did not do all, as far as that can be seen; null otherwise. */
      readonly serving: readonly Instance[] | null;
    });
