// What an operation of the REST API is: the permission it needs and what it does with a validated request.
import type { Access } from './access.js';
import type { Caller } from './callers.js';
import type { Allowance } from './rate-limit.js';
import type { Reply } from './reply.js';
import type { RepositoryState, State } from './state.js';

export interface Call {
  readonly state: State;
  readonly access: Access;
  readonly caller: Caller;
  /** Path parameters, decoded. */
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The JSON body, `{}` when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as sent: release assets. */
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly accept: string;
  /** The page of a list that was asked for; adds the `Link` header. */
  page<T>(items: readonly T[]): readonly T[];
  /** How the caller's hourly allowance stands. */
  allowance(): Allowance;
}

export interface RepositoryCall extends Call {
  readonly repository: RepositoryState;
}

/** An operation below `/repos/{owner}/{repo}`. */
export interface RepositoryOperation {
  /** As GitHub's header says it: `deployments=write`, `pull_requests=read; issues=read`. */
  readonly needs: string;
  handle(call: RepositoryCall): Promise<Reply> | Reply;
}

/** Any other operation; it decides by itself who may ask. */
export interface AccountOperation {
  handle(call: Call): Promise<Reply> | Reply;
}

export type RepositoryOperations = Readonly<Record<string, RepositoryOperation>>;
export type AccountOperations = Readonly<Record<string, AccountOperation>>;

export interface Registry {
  readonly repository: RepositoryOperations;
  readonly account: AccountOperations;
}

/** A text member of a body; null when absent, null or not a text. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = body[name];
  return typeof value === 'string' ? value : null;
}

export function flagOf(body: Readonly<Record<string, unknown>>, name: string): boolean | null {
  const value = body[name];
  return typeof value === 'boolean' ? value : null;
}

/** The number behind a path parameter such as `issue_number`. */
export const numberOf = (call: Call, name: string): number => Number(call.path[name]);
