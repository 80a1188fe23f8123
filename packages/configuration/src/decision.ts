// What one event means for one repository: the contract between `decide`, the workflows and every action.
import type { StageName } from '@headgate/kit/record-parts';

export type BranchKind =
  | 'feature'
  | 'development'
  | 'release'
  | 'hotfix'
  | 'production'
  | 'support'
  | 'pull-request'
  | 'other';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Ready-made inputs of one action for one leg, keyed by the action's own input names. */
export type Settings = Readonly<Record<string, JsonValue>>;

export interface Leg {
  readonly stage: StageName;
  /** An image's or target's name in headgate.yml. */
  readonly name: string;
  /** 12 hex digits naming the leg in artifact names. */
  readonly leg: string;
  readonly settings: Settings;
}

/** A leg of rolling-deploy in one of its modes about previews. */
export interface Preview extends Leg {
  /** Labels of the runner whose host shows previews; none where the usual one reaches the host by ssh. */
  readonly runner: readonly string[];
}

export interface ExpectedStage {
  readonly stage: StageName;
  readonly expected: boolean;
  /** Why it runs or does not, one sentence. */
  readonly reason: string;
}

/** News that a run can send. */
export type NewsKind = 'approval-requested' | 'deployed' | 'released' | 'failed';

/** A time in which nothing is applied or deployed; both ends ISO 8601, UTC. */
export interface FreezeWindow {
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** What the last part of a run does with branches and tags. */
export interface Finish {
  /** Tag the merge commit, draft the release and merge back. */
  readonly promote: boolean;
  /** Say on the pull request what the back-merge will meet. */
  readonly forecast: boolean;
}

export interface Decision {
  readonly schemaVersion: 1;
  readonly application: string;
  readonly event: string;
  readonly ref: string;
  /** Short name of the branch the event is about; the head branch for a pull request. */
  readonly branch: string;
  readonly branchKind: BranchKind;
  /** From release/X.Y.Z and hotfix/X.Y.Z; else null. */
  readonly version: string | null;
  readonly commit: string;
  readonly tree: string;
  /** The run's attempt that decided: entries of earlier ones do not count ("re-run all jobs" decides again). */
  readonly attempt: number;
  /** False for forks and other untrusted events: no secret, nothing published. */
  readonly trusted: boolean;
  readonly publish: boolean;
  /** The environment this run deploys to; one a run. */
  readonly environment: string | null;
  readonly environmentUrl: string | null;
  /** The version that a restored release takes the place of; null where none is known, and for other runs. */
  readonly replaces: string | null;
  /** Why there is nothing to do; null when there is. */
  readonly nothing: string | null;
  readonly stages: readonly ExpectedStage[];
  /** Where the images come from: built here, or shown by a run of staging for this very tree; of a release that is restored, likewise. */
  readonly evidence: 'none' | 'verify' | 'promote' | 'restore';
  readonly images: readonly Leg[];
  readonly machineImages: readonly Leg[];
  /** Infrastructure directories × workspaces: settings of terraform-plan-apply, without its mode. */
  readonly plans: readonly Leg[];
  /** Plans that a pull request only shows: never sealed, uploaded or applied. */
  readonly shownPlans: readonly Leg[];
  /** Settings of approval-gate, without its mode; null when the environment asks for none. */
  readonly approval: Leg | null;
  /** GitHub environment whose required reviewers let the run go on after the approval; null for none. */
  readonly review: string | null;
  readonly targets: readonly Leg[];
  /** Shown, or taken away; null for a run without. It is no stage: a preview that fails stops nobody. */
  readonly preview: Preview | null;
  /** The environment's, by the same policy as its approval: looked at under the lock. */
  readonly freeze: readonly FreezeWindow[];
  /** What follows the merge or precedes it. */
  readonly finish: Finish;
  /** True by the clock: is everything back in development that production has? */
  readonly drift: boolean;
  /** Settings of notify for each event that somebody wants to hear of. */
  readonly notifications: Readonly<Partial<Record<NewsKind, Settings>>>;
  /** Sentences for the summary: what people should know about this decision. */
  readonly notices: readonly string[];
}
