// Tokens and roles: issued, revoked, and recognised in a request's header.
import { randomBytes } from 'node:crypto';
import type { Clock } from '@headgate/kit/clock';
import type { TokenGrant } from '../model.js';
import { type Installation, installed, signer } from './app-callers.js';
import { isSigned, signingApp } from './app-signature.js';
import { anonymous, type Caller, granted, personal, type Role } from './callers.js';
import { HttpProblem } from './reply.js';
import { accountOf, type RepositoryState, type State } from './state.js';

export interface Access {
  grant(grant: TokenGrant): string;
  revoke(token: string): void;
  /** A personal token of a login whose role is the same in every repository but forks, where it owns its own. */
  setRole(login: string, role: Role): void;
  /** With the slug of an App: the token by which it acts for the person. */
  token(login: string, via?: string): string;
  /** A token of an App's installation, good until it expires or is revoked. */
  install(installation: Installation): string;
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

interface Tokens {
  /** `expiresAt` in milliseconds since the epoch. */
  issue(prefix: string, caller: Caller, expiresAt?: number): string;
  find(token: string): Caller | undefined;
  revoke(token: string): void;
}

function createTokens(clock: Clock): Tokens {
  const issued = new Map<string, { readonly caller: Caller; readonly expiresAt: number }>();
  return {
    issue: (prefix, caller, expiresAt = Number.POSITIVE_INFINITY) => {
      const token = `${prefix}_${randomBytes(24).toString('hex')}`;
      issued.set(token, { caller, expiresAt });
      return token;
    },
    find: (token) => {
      const found = issued.get(token);
      return found !== undefined && clock.now() < found.expiresAt ? found.caller : undefined;
    },
    revoke: (token) => {
      issued.delete(token);
    },
  };
}

function installToken(tokens: Tokens, installation: Installation): string {
  // The token ends itself, so it is known only once it is issued.
  const revoke = (): void => tokens.revoke(token);
  const token = tokens.issue('ghs', installed(installation, revoke), installation.expiresAt);
  return token;
}

function personalToken(state: State, tokens: Tokens, at: PersonalToken): string {
  const { login, via, roleOf } = at;
  const app = via === undefined ? undefined : state.apps.get(via);
  if (via !== undefined && app === undefined) throw new Error(`no App ${via} in this rehearsal`);
  const caller = personal(login, (repository) => roleOf(login, repository), app);
  return tokens.issue(app === undefined ? 'ghp' : 'ghu', caller);
}

interface PersonalToken extends Pick<Access, 'roleOf'> {
  readonly login: string;
  readonly via: string | undefined;
}

export function createAccess(state: State): Access {
  const tokens = createTokens(state.clock);
  const roles = new Map<string, Role>();
  const roleOf = (login: string, repository: RepositoryState): Role | null => {
    if (repository.settings.owner.toLowerCase() === login.toLowerCase()) return 'admin';
    return repository.forkOf === null ? (roles.get(login.toLowerCase()) ?? null) : null;
  };
  return {
    grant: (grant) => {
      accountOf(state, grant.login);
      return tokens.issue('ghs', granted(grant));
    },
    revoke: tokens.revoke,
    setRole: (login, role) => {
      accountOf(state, login);
      state.people.add(login.toLowerCase());
      roles.set(login.toLowerCase(), role);
    },
    token: (login, via) => personalToken(state, tokens, { login, via, roleOf }),
    install: (installation) => installToken(tokens, installation),
    roleOf,
    identify: (header) => {
      if (header === undefined) return anonymous;
      const token = tokenOf(header);
      if (isSigned(token)) return signer(signingApp(state, token));
      const caller = tokens.find(token);
      // Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
      if (caller === undefined) throw new HttpProblem(401, 'Bad credentials');
      return caller;
    },
  };
}
