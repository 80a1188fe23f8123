// Raises events as GitHub does for workflows, with complete payloads held against GitHub's webhook description.
import type { RaisedEvent } from '../model.js';
import { presentAccount } from './present/account.js';
import type { Json } from './present/forms.js';
import { presentRepository } from './present/repository.js';
import type { RepositoryState, State } from './state.js';
import { checkPayload } from './validation.js';

/** Who caused an event. */
export interface Actor {
  readonly login: string;
  /**
   * False for job tokens: nothing they do starts a run, dispatches excepted.
   * Source: https://docs.github.com/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs
   */
  readonly raises: boolean;
}

export interface NewEvent {
  readonly name: string;
  readonly ref: string;
  readonly sha: string;
  readonly payload: Json;
  readonly fork?: boolean;
}

/** Raises an event unless its actor raises none. `repository` and `sender` are added to the payload. */
export function raise(
  state: State,
  repository: RepositoryState,
  at: { actor: Actor; event: NewEvent },
): void {
  const { actor, event } = at;
  if (!actor.raises) return;
  const payload = {
    ...event.payload,
    repository: presentRepository(state, repository),
    sender: presentAccount(state, actor.login),
  };
  const problem = checkPayload(event.name, payload);
  if (problem !== null) state.violations.push({ side: 'event', operation: event.name, problem });
  const raised: RaisedEvent = {
    repository: repository.fullName,
    name: event.name,
    ref: event.ref,
    sha: event.sha,
    actor: actor.login,
    payload: JSON.parse(JSON.stringify(payload)) as Record<string, unknown>,
    fork: event.fork ?? false,
  };
  for (const listener of state.eventListeners) listener(raised);
}

/**
 * True when a commit message asks for no run of push and pull_request workflows.
 * Source: https://docs.github.com/actions/how-tos/manage-workflow-runs/skip-workflow-runs
 */
export const skipsRuns = (message: string): boolean =>
  /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/u.test(message) ||
  /\n\nskip-checks:\s?true\s*$/u.test(message);
