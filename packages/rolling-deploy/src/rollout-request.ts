// What a roll-out is asked for, and what it is done with. Knows no kind of target.
import type { Clock } from '@headgate/kit/clock';
import type { DeployError } from './errors.js';
import type { HookCalls } from './hooks.js';
import type { Times } from './look.js';
import type { LostRun } from './lost-run.js';
import type { Approvals } from './pauses.js';
import type { Wanted } from './plan.js';
import type { Metrics } from './samples.js';
import type { Steps } from './steps.js';
import type { Strategy } from './strategy.js';
import type { Target } from './target.js';
import type { Hand } from './undo.js';

export interface RolloutRequest {
  readonly wanted: Wanted;
  /** `sha256:…` every new instance must really run. */
  readonly digest: string;
  readonly times: Times;
  readonly strategy: Strategy;
  /** Former versions whose instances stay, stopped. */
  readonly keepReleases: number;
}

export interface RolloutDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly steps: Steps;
  /** The user's own work at fixed points; none unless said. */
  readonly hooks?: HookCalls;
  /** Told whenever what would have to be undone changes; null when nothing. */
  readonly keep: (hand: Hand | null) => void;
  /** Whether what is done may still have to be undone, because it is a part of something larger. */
  readonly keepsDone?: boolean;
  /** A run that ended in the middle: gone on with when it is the same release, else undone first. */
  readonly lost?: LostRun | null;
  /** Told when what it left is put right, before anything of this release is begun. */
  readonly recovered?: () => void;
  /** A cancel leaves what serves as it is. */
  readonly holdsOnCancel?: boolean;
  /** Shows the cause and the instance's last lines, before anything is undone. */
  readonly explain: (failure: DeployError, lines: readonly string[]) => Promise<void>;
  /** Another source than the router for an analysis; absent for none. */
  readonly metrics?: Metrics;
  /** Absent where nobody can be asked. */
  readonly approvals?: Approvals;
  readonly say?: (line: string) => void;
}
