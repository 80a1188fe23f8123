// The user's own work at fixed points of a deployment. Strategies know this file, and no kind of target.
import type { Instance } from './target.js';

/**
 * In the order in which they come. `before-deploy`, `after-deploy` and `on-rollback` concern the service; the others the
 * new instances: of each round, of the whole set, or of each share.
 */
export const hookPoints = [
  'before-deploy',
  'after-start',
  'test-traffic',
  'before-traffic',
  'after-traffic',
  'after-deploy',
  'on-rollback',
] as const;

export type HookPoint = (typeof hookPoints)[number];

/** What a roll-out calls. */
export interface HookCalls {
  /**
   * `instances`: the new ones, or those that serve where the point concerns the service.
   * @throws {DeployError} hook-failed, the reason to undo
   */
  at(point: HookPoint, instances: readonly Instance[]): Promise<void>;
  /** After an undo, or a failure behind a hook that had run already. Never rejects: answers what failed, a sentence each. */
  rolledBack(cause: string, rollback: Rollback): Promise<readonly string[]>;
}

export interface Rollback {
  /** Those that serve again. */
  readonly instances: readonly Instance[];
  /** False: nothing had been begun. */
  readonly undone: boolean;
}
