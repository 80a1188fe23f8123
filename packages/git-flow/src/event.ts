// The event as the flow routes it, out of the payload that GitHub sent. Names in it are hostile text.
import type { FlowEvent, PullRequestEvent } from '@headgate/configuration/facts';
import type { Context } from '@headgate/kit/context';

type EventContext = Pick<Context, 'eventName' | 'event' | 'ref' | 'actor' | 'repository'>;
type Payload = Readonly<Record<string, unknown>>;

/** Reads what happened. A payload that lacks what its event must have becomes `other`. */
export function readEvent(context: EventContext): FlowEvent {
  const { event, eventName } = context;
  if (eventName === 'push') return pushEvent(context);
  if (eventName === 'pull_request') return pullRequestEvent(context) ?? { kind: 'other' };
  if (eventName === 'workflow_dispatch') return dispatchEvent(context);
  if (eventName === 'merge_group') {
    const group = objectOf(event['merge_group']);
    return {
      kind: 'merge-group',
      branch: shortName(textOf(group['head_ref']) || context.ref),
      base: shortName(textOf(group['base_ref'])),
    };
  }
  if (eventName === 'schedule') return { kind: 'schedule', branch: shortName(context.ref) };
  return { kind: 'other' };
}

export interface PushedFrom {
  /** The commit that the branch was at before. */
  readonly before: string;
  /** What GitHub says about it. */
  readonly forced: boolean;
}

/** Null for events that move no branch, and for a branch that is new. */
export function pushedFrom({ event, eventName }: EventContext): PushedFrom | null {
  const before = textOf(event['before']);
  const isName = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(before) && !/^0+$/.test(before);
  if (eventName !== 'push' || !isName || event['deleted'] === true) return null;
  return { before, forced: event['forced'] === true };
}

function pushEvent({ event, ref: contextRef }: EventContext): FlowEvent {
  const ref = textOf(event['ref']) || contextRef;
  if (ref.startsWith('refs/tags/')) return { kind: 'tag', tag: shortName(ref) };
  if (!ref.startsWith('refs/heads/')) return { kind: 'other' };
  return { kind: event['deleted'] === true ? 'deleted' : 'push', branch: shortName(ref) };
}

function dispatchEvent({ event, ref: contextRef }: EventContext): FlowEvent {
  const ref = textOf(event['ref']) || contextRef;
  return ref.startsWith('refs/heads/') ? { kind: 'dispatch', branch: shortName(ref) } : { kind: 'other' };
}

function pullRequestEvent({ event, actor, repository }: EventContext): PullRequestEvent | null {
  const pull = objectOf(event['pull_request']);
  const [head, base] = [objectOf(pull['head']), objectOf(pull['base'])];
  const number = pull['number'] ?? event['number'];
  const [headName, baseName] = [textOf(head['ref']), textOf(base['ref'])];
  if (typeof number !== 'number' || headName === '' || baseName === '') return null;
  return {
    kind: 'pull-request',
    number,
    head: headName,
    base: baseName,
    untrusted: distrust(objectOf(head['repo']), actor, repository.fullName),
    closed: event['action'] === 'closed',
  };
}

/** GitHub gives no secrets to runs for forks and for Dependabot. A head whose repository is gone was a fork's. */
function distrust(headRepository: Payload, actor: string, fullName: string): string | null {
  const head = textOf(headRepository['full_name']);
  if (head.toLowerCase() !== fullName.toLowerCase()) {
    return `the pull request comes from ${head === '' ? 'a repository that is gone' : `the fork ${head}`}`;
  }
  return actor === 'dependabot[bot]' ? 'Dependabot opened the pull request' : null;
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}

function objectOf(value: unknown): Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
