// Who asks, and what they may do: tokens, roles, and the permission each operation needs.
import { randomBytes } from 'node:crypto';
import type { PermissionLevel, TokenGrant } from '../model.js';
import { HttpProblem } from './reply.js';
import { accountOf, type RepositoryState, type State } from './state.js';

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** Whoever sent a request; `login` is empty when there was no token. */
export interface Caller {
  readonly login: string;
  readonly jobToken: boolean;
  /** The level a permission (`pull_requests`, `contents` …) has in a repository; null: the repository is out of sight. */
  level(repository: RepositoryState, permission: string): PermissionLevel | null;
  /** True for administrators: protections do not bind them. */
  bypasses(repository: RepositoryState): boolean;
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
  if (permission === 'actions_variables' || permission === 'environments')
    return role === 'read' ? 'none' : 'read';
  if (role === 'read' || role === 'triage') return readable.includes(permission) ? 'read' : 'none';
  return writable.includes(permission) ? 'write' : 'none';
}

const anonymous: Caller = {
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
function granted(grant: TokenGrant): Caller {
  const own = (repository: RepositoryState): boolean =>
    repository.fullName.toLowerCase() === grant.repository.toLowerCase();
  return {
    login: grant.login,
    jobToken: grant.jobToken,
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

function personal(login: string, roleIn: (repository: RepositoryState) => Role | null): Caller {
  return {
    login,
    jobToken: false,
    level: (repository, permission) => {
      const role = roleIn(repository);
      if (role !== null) return roleLevel(role, permission);
      return repository.settings.public === true ? roleLevel('read', permission) : null;
    },
    bypasses: (repository) => roleIn(repository) === 'admin',
  };
}

export interface Access {
  grant(grant: TokenGrant): string;
  revoke(token: string): void;
  /** A personal token of a login whose role is the same in every repository but forks, where it owns its own. */
  setRole(login: string, role: Role): void;
  token(login: string): string;
  roleOf(login: string, repository: RepositoryState): Role | null;
  /** Reads `Authorization`; a wrong or revoked token is 401, whatever is asked. */
  identify(header: string | undefined): Caller;
}

function tokenOf(header: string): string {
  const [scheme = '', value = ''] = header.split(/\s+/u, 2);
  if (scheme.toLowerCase() !== 'basic') return value;
  const [user = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return password.join(':') || user;
}

export function createAccess(state: State): Access {
  const callers = new Map<string, Caller>();
  const roles = new Map<string, Role>();
  const issue = (prefix: string, caller: Caller): string => {
    const token = `${prefix}_${randomBytes(24).toString('hex')}`;
    callers.set(token, caller);
    return token;
  };
  const roleOf = (login: string, repository: RepositoryState): Role | null => {
    if (repository.settings.owner.toLowerCase() === login.toLowerCase()) return 'admin';
    return repository.forkOf === null ? (roles.get(login.toLowerCase()) ?? null) : null;
  };
  return {
    grant: (grant) => {
      accountOf(state, grant.login);
      return issue('ghs', granted(grant));
    },
    revoke: (token) => {
      callers.delete(token);
    },
    setRole: (login, role) => {
      accountOf(state, login);
      state.people.add(login.toLowerCase());
      roles.set(login.toLowerCase(), role);
    },
    token: (login) =>
      issue(
        'ghp',
        personal(login, (repository) => roleOf(login, repository)),
      ),
    roleOf,
    identify: (header) => {
      if (header === undefined) return anonymous;
      const caller = callers.get(tokenOf(header));
      // Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
      if (caller === undefined) throw new HttpProblem(401, 'Bad credentials');
      return caller;
    },
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
  const message = caller.jobToken
    ? 'Resource not accessible by integration'
    : 'Resource not accessible by personal access token';
  throw new HttpProblem(403, message, { headers: { 'x-accepted-github-permissions': needs } });
}
