// Apps as callers: by a signature alone, or with the token of an installation.
import type { Permissions } from '../model.js';
import { type App, isInstalled } from './apps.js';
import { anonymous, type Caller } from './callers.js';
import type { RepositoryState } from './state.js';

/** What a signature alone may do: see public data, and use the operations of Apps. */
export const signer = (app: App): Caller => ({ ...anonymous, signedFor: app });

export interface Installation {
  readonly app: App;
  readonly permissions: Permissions;
  /** Lower-case full names; null: all. */
  readonly repositories: readonly string[] | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * An App's own token. What it does raises events, and rules bind it unless it is on their bypass list.
 * Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#granting-bypass-permissions-for-your-branch-or-tag-ruleset
 */
export function installed({ app, permissions, repositories }: Installation, revoke: () => void): Caller {
  const own = (repository: RepositoryState): boolean =>
    isInstalled({ ...app, repositories }, repository.fullName);
  return {
    login: `${app.slug}[bot]`,
    jobToken: false,
    via: app,
    installed: true,
    revoke,
    level: (repository, permission) => {
      if (!own(repository)) return anonymous.level(repository, permission);
      return permission === 'metadata' ? 'read' : (permissions[permission] ?? 'none');
    },
    bypasses: (repository) => own(repository) && (repository.settings.bypassApps ?? []).includes(app.slug),
  };
}
