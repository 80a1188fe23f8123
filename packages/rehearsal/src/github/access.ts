// Tokens and roles: issued, revoked, and recognised in a request's header.
import { randomBytes } from 'node:crypto';
import type { TokenGrant } from '../model.js';
import { anonymous, type Caller, granted, personal, type Role } from './callers.js';
import { HttpProblem } from './reply.js';
import { accountOf, type RepositoryState, type State } from './state.js';

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
