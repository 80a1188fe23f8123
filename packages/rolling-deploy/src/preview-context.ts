// Whose preview this run is about, by the event and the inputs; pull requests of forks have none.
import type { Context } from '@headgate/kit/context';
import { InputError } from '@headgate/kit/errors';
import { DeployError } from './errors.js';
import type { PreviewIdentity } from './preview-identity.js';

export interface PullRequestFacts {
  /** Null when neither the inputs nor the event name one. */
  readonly number: number | null;
  /** Head commit: what people see the deployment at; the run's own without an event about a pull request. */
  readonly head: string;
}

interface Asked {
  readonly application: string;
  readonly pullRequest: number | null;
}

/** @throws {DeployError} preview-refused for a pull request of a fork */
export function pullRequestOf(context: Context, { pullRequest }: Asked): PullRequestFacts {
  const pull = objectOf(context.event['pull_request']);
  const number = typeof pull['number'] === 'number' ? pull['number'] : null;
  // What the event says counts only for the pull request that it is about.
  if (number === null || (pullRequest !== null && pullRequest !== number))
    return { number: pullRequest, head: context.sha };
  const head = objectOf(pull['head']);
  const repository = objectOf(head['repo'])['full_name'];
  if (String(repository).toLowerCase() !== context.repository.fullName.toLowerCase()) {
    throw new DeployError({
      code: 'preview-refused',
      message: `#${number} comes from ${typeof repository === 'string' ? repository : 'a repository that is gone'}; only branches of ${context.repository.fullName} get a preview`,
      hint: 'Push the branch to this repository after reading it.',
    });
  }
  return { number, head: typeof head['sha'] === 'string' ? head['sha'] : context.sha };
}

/** @throws {InputError} when no pull request is named */
export function identityOf(context: Context, asked: Asked, number: number | null): PreviewIdentity {
  if (number !== null) return { ...ownerOf(context, asked), number };
  const hint = 'Run on pull_request, or set pull-request to its number.';
  throw new InputError('pull-request', 'the event is about no pull request, and none was given', hint);
}

export function ownerOf({ repository }: Context, { application }: Pick<Asked, 'application'>) {
  return { repository: repository.fullName, application: application || repository.name };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
