// Permissions of jobs: what is declared, what the caller allows, what a fork leaves.
import type { PermissionLevel, Permissions } from '../model.js';
import { problem } from './problem.js';
import type { DeclaredPermissions } from './workflow-model.js';

const names = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
] as const;

const rank: Readonly<Record<PermissionLevel, number>> = { none: 0, read: 1, write: 2 };

/** What a repository grants that says nothing: GitHub's restricted default since February 2023. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** The grant a declaration means; `inherited` when it says nothing. */
export function resolvePermissions(declared: DeclaredPermissions, inherited: Permissions): Permissions {
  if (declared === null) return inherited;
  if (declared === 'read-all')
    return Object.fromEntries(names.map((name) => [name, name === 'id-token' ? 'none' : 'read']));
  if (declared === 'write-all') return Object.fromEntries(names.map((name) => [name, 'write']));
  return declared;
}

/** Rights beyond the ceiling, as `name: level`. */
export function excess(wanted: Permissions, ceiling: Permissions): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, level]) => rank[level] > rank[ceiling[name] ?? 'none'])
    .map(([name, level]) => `${name}: ${level} (allowed: ${ceiling[name] ?? 'none'})`);
}

/** Throws `startup-failure` when a called workflow asks for more than its caller has. */
export function checkCeiling(wanted: Permissions, ceiling: Permissions, who: string): void {
  const beyond = excess(wanted, ceiling);
  if (beyond.length === 0) return;
  throw problem(
    'startup-failure',
    `${who} requests ${beyond.join(', ')}`,
    'Grant it in `permissions:` of the calling job; a called workflow can only lower what its caller has.',
  );
}

/** A fork's token reads at most and never asks for an identity. */
export function forFork(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [
      name,
      name === 'id-token' ? 'none' : level === 'write' ? 'read' : level,
    ]),
  );
}
