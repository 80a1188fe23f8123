// Which kind of git-flow branch a name is.
import type { BranchKind } from './decision.js';
import type { Branches } from './schema.js';

export interface Branch {
  readonly name: string;
  readonly kind: Exclude<BranchKind, 'pull-request'>;
  /** What follows the prefix of a release or hotfix branch; null for the other kinds. */
  readonly label: string | null;
}

/** Classifies a short branch name. A bare prefix (`feature/`) is no branch of that kind. */
export function classifyBranch(name: string, branches: Branches): Branch {
  if (name === branches.production) return { name, kind: 'production', label: null };
  if (name === branches.development) return { name, kind: 'development', label: null };
  for (const kind of ['feature', 'release', 'hotfix', 'support'] as const) {
    const prefix = branches[kind];
    if (!name.startsWith(prefix) || name.length === prefix.length) continue;
    const label = kind === 'release' || kind === 'hotfix' ? name.slice(prefix.length) : null;
    return { name, kind, label };
  }
  return { name, kind: 'other', label: null };
}

/** For sentences: `master, develop, feature/*, release/*, hotfix/*, support/*`. */
export function describeBranches(branches: Branches): string {
  const prefixes = [branches.feature, branches.release, branches.hotfix, branches.support];
  return [branches.production, branches.development, ...prefixes.map((prefix) => `${prefix}*`)].join(', ');
}
