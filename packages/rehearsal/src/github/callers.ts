// The kinds of callers: nobody, a job, a person; and the permission levels each has in a repository.
import type { PermissionLevel, TokenGrant } from '../model.js';
import { type App, actionsApp } from './apps.js';
import { HttpProblem } from './reply.js';
import type { RepositoryState } from './state.js';

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** Whoever sent a request; `login` is empty when there was no token. */
export interface Caller {
  readonly login: string;
  readonly jobToken: boolean;
  /** The level a permission (`pull_requests`, `contents` …) has in a repository; null: the repository is out of sight. */
  level(repository: RepositoryState, permission: string): PermissionLevel | null;
  /** True for administrators, and for Apps on a rule's bypass list: protections do not bind them. */
  bypasses(repository: RepositoryState): boolean;
  /** The App that acts: by itself (a job's token is one of these), or for a person. */
  readonly via?: App;
  /** An installation's own token, as against a person's. */
  readonly installed?: boolean;
  /** Proven by a signature, without a token; good for the operations of Apps only. */
  readonly signedFor?: App;
  /** Ends the installation token that was used. */
  revoke?(): void;
}

const writable = [
  'contents',
  'actions',
  'deployments',
  'statuses',
  'checks',
  'issues',
  'pull_requests',
  'packages',
];
const readable = ['contents', 'actions', 'deployments', 'statuses', 'checks', 'packages'];

/**
 * What a person's role allows, in the words of token permissions.
 * Source: https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
function roleLevel(role: Role, permission: string): PermissionLevel {
  if (permission === 'metadata') return 'read';
  if (permission === 'administration') return role === 'admin' ? 'write' : 'none';
  if (permission === 'issues' || permission === 'pull_requests') return 'write';
  if (permission === 'actions_variables' || permission === 'environments' || permission === 'secrets')
    return role === 'read' ? 'none' : 'read';
  if (role === 'read' || role === 'triage') return readable.includes(permission) ? 'read' : 'none';
  return writable.includes(permission) ? 'write' : 'none';
}

export const anonymous: Caller = {
  login: '',
  jobToken: false,
  level: (repository, permission) =>
    repository.settings.public !== true ? null : publicRead.includes(permission) ? 'read' : 'none',
  bypasses: () => false,
};

const publicRead = [
  'metadata',
  'contents',
  'issues',
  'pull_requests',
  'actions',
  'checks',
  'statuses',
  'deployments',
];

/** A token bound to one repository and a list of permissions: a job's, or an app's. */
export function granted(grant: TokenGrant): Caller {
  const own = (repository: RepositoryState): boolean =>
    repository.fullName.toLowerCase() === grant.repository.toLowerCase();
  return {
    login: grant.login,
    jobToken: grant.jobToken,
    ...(grant.jobToken ? { via: actionsApp } : {}),
    // A job token sees its own repository, and of others only what is public.
    // Source: https://docs.github.com/actions/concepts/security/github_token
    level: (repository, permission) => {
      if (!own(repository)) return anonymous.level(repository, permission);
      if (permission === 'metadata') return 'read';
      const name = permission.replaceAll('_', '-');
      return grant.permissions[name] ?? grant.permissions[permission] ?? 'none';
    },
    bypasses: (repository) =>
      !grant.jobToken && own(repository) && grant.permissions['administration'] === 'write',
  };
}

export function personal(
  login: string,
  roleIn: (repository: RepositoryState) => Role | null,
  via?: App,
): Caller {
  return {
    login,
    jobToken: false,
    ...(via === undefined ? {} : { via }),
    level: (repository, permission) => {
      const role = roleIn(repository);
      if (role !== null) return roleLevel(role, permission);
      return repository.settings.public === true ? roleLevel('read', permission) : null;
    },
    bypasses: (repository) => roleIn(repository) === 'admin',
  };
}

/**
 * Throws unless the caller has what an operation needs. `needs` has the form of GitHub's own header:
 * `pull_requests=read,contents=read; issues=read` (comma: all of them, semicolon: one of the groups).
 * Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
 */
export function demand(caller: Caller, repository: RepositoryState, needs: string): void {
  const has = (need: string): boolean => {
    const [permission = '', level] = need.trim().split('=');
    const actual = caller.level(repository, permission);
    return actual === 'write' || (actual === 'read' && level === 'read');
  };
  if (needs.split(';').some((group) => group.split(',').every(has))) return;
  const message =
    caller.via !== undefined
      ? 'Resource not accessible by integration'
      : 'Resource not accessible by personal access token';
  throw new HttpProblem(403, message, { headers: { 'x-accepted-github-permissions': needs } });
}
