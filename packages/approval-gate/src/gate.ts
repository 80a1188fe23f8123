// What `request` and `wait` look at first, alike: what is to be approved, where it is asked for, and by whom it was made.
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { type Content, readContent } from './content.js';
import type { GateInputs } from './inputs.js';
import { policyDigest } from './policy.js';
import { findInvolved, findSurface, type Involved, mergedPullRequest, type Surface } from './release.js';
import { type Request, requestsIn, withinPolicy } from './requests.js';
import { type Comment, openThread } from './thread.js';

export interface Gate {
  readonly inputs: GateInputs;
  readonly deps: Deps;
  readonly github: GitHub;
  readonly content: Content;
  readonly pull: Awaited<ReturnType<typeof mergedPullRequest>>;
  /** Null when an issue would have to be opened first. */
  readonly surface: Surface | null;
  /** All comments there. */
  readonly comments: readonly Comment[];
  /** The newest request of this run for this subject under this policy, in whatever state. */
  readonly request: Request | null;
}

/** @throws {ActionError} as reading the record and GitHub do. */
export async function openGate(inputs: GateInputs, deps: Deps): Promise<Gate> {
  const github = await deps.connectGitHub(inputs.token);
  const content = await readContent(inputs, deps, github);
  const pull = await mergedPullRequest(github, content.commit);
  const { environment, bot } = inputs;
  const surface = await findSurface(github, { pull, environment, bot });
  const comments = surface === null ? [] : (await openThread(github, surface.number).read()).comments;
  const request = ownRequest(requestsIn(comments, bot), { inputs, deps, content });
  return { inputs, deps, github, content, pull, surface, comments, request };
}

function ownRequest(
  requests: readonly Request[],
  { inputs, deps, content }: Pick<Gate, 'inputs' | 'deps' | 'content'>,
): Request | null {
  const policy = policyDigest(inputs.policy);
  const own = requests.filter(
    ({ marker }) =>
      marker.run === deps.context.runId &&
      marker.environment === inputs.environment &&
      marker.subject === content.subject &&
      marker.policy === policy,
  );
  return own.at(-1) ?? null;
}

/** Whether somebody changed the request, or wrote one that asks for more than the policy gives. */
export function isAltered(request: Request, { inputs }: Pick<Gate, 'inputs'>): boolean {
  return request.comment.edited || !withinPolicy(request, inputs.policy.expires);
}

/** People who may not approve; those who re-run the jobs of a request that stands keep what they may. */
export function involvedIn(
  { github, deps, inputs, content, pull }: Gate,
  request: Pick<Request, 'marker'> | null,
): Promise<Involved> {
  const triggeringActor = request?.marker.triggeringActor ?? deps.context.triggeringActor;
  const { context } = deps;
  const { policy } = inputs;
  return findInvolved(github, { context, commit: content.commit, policy, pull, triggeringActor });
}
