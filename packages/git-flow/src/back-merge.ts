// Mode back-merge: what production has got goes back to where the next release comes from.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Configuration } from '@headgate/configuration/schema';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError, InputError } from '@headgate/kit/errors';
import { type FlowToken, openFlowToken } from './app-token.js';
import { type BackMerge, type PushedMerge, pushMerge } from './back-merge-push.js';
import { type BackMergeOutcome, reportBackMerges } from './back-merge-report.js';
import { requestMerge } from './back-merge-request.js';
import { backMergeTargets } from './back-merge-targets.js';
import { type BranchGround, openGround } from './branch-ground.js';
import { derivationOf } from './derivation.js';
import type { Derivation } from './derived-files.js';
import { readGivenDecision } from './given-decision.js';
import { mergedBranch } from './merged-branch.js';
import { readProject } from './project.js';
import type { BackMergeInputs } from './release-inputs.js';
import { closeCaughtUp, lostRequest } from './standing-request.js';
import { type Start, startDelivery, wasNeverStarted } from './start-delivery.js';

/**
 * Merges the commit of this run into the development branch, and that of a hotfix into every open release. Every
 * branch is tried, whatever happens to another; each step may be repeated.
 */
export async function backMergeRun(inputs: BackMergeInputs, deps: Deps): Promise<ActionResult> {
  const decision = await readGivenDecision(inputs.decision);
  if (decision.branchKind !== 'production') {
    deps.core.info(`${decision.branch} is not the production branch: nothing is merged back from it`);
    return { outputs: { 'back-merge': '[]' }, entry: { parts: {} } };
  }
  if (inputs.version === '')
    throw new InputError('version', 'X.Y.Z was expected, nothing was found', versionHint);
  const { configuration } = readProject(deps.context.workspace, inputs.configuration);
  const flow = await openFlowToken(inputs, deps);
  try {
    const ground = await openGround(deps, flow.token);
    const targets = await findTargets(ground, { inputs, configuration, deps });
    const derivation = await derivationOf(ground, inputs, deps);
    const outcomes: BackMergeOutcome[] = [];
    for (const target of targets)
      outcomes.push(await bring(ground, { target, flow, inputs, deps, derivation }));
    const { version } = inputs;
    return await reportBackMerges(outcomes, { version, pusher: flow.owner, core: deps.core });
  } finally {
    await flow.close();
  }
}

const versionHint = `Pass version: \${{ needs.version.outputs.version }}, which mode verify-version found.`;

interface Search {
  readonly inputs: BackMergeInputs;
  readonly configuration: Configuration;
  readonly deps: Deps;
}

async function findTargets(
  ground: BranchGround,
  { inputs, configuration, deps }: Search,
): Promise<readonly string[]> {
  const { branches } = configuration;
  // The job token reads; an App may have been given less.
  const github = await deps.connectGitHub(inputs.githubToken);
  const merged = await mergedBranch(github, { commit: deps.context.sha, base: branches.production });
  const hotfix = merged !== null && classifyBranch(merged, branches).kind === 'hotfix';
  const [known, tags] = [await ground.names(), ground.tags.map(({ name }) => name)];
  return backMergeTargets({ branches, hotfix, version: inputs.version, known, tags });
}

interface Bringing {
  readonly target: string;
  readonly flow: FlowToken;
  readonly inputs: BackMergeInputs;
  readonly deps: Deps;
  readonly derivation: Derivation | null;
}

/** Failures become outcomes, so that the other branches are tried too; cancelling ends all. */
async function bring(ground: BranchGround, bringing: Bringing): Promise<BackMergeOutcome> {
  const { target, flow, inputs, deps, derivation } = bringing;
  const { context, clock } = deps;
  const asked: BackMerge = {
    target,
    source: context.sha,
    version: inputs.version,
    at: new Date(clock.now()).toISOString(),
    runUrl: context.runUrl,
    derivation,
  };
  try {
    const pushed = await pushMerge(ground, asked);
    if (pushed.kind === 'up-to-date' || pushed.kind === 'merged')
      return await settled(ground, pushed, bringing);
    const lost = await lostRequest(flow.github, ground, { target, context });
    const url = await requestMerge(ground, { asked, obstacle: pushed, flow, context, lost });
    if (pushed.kind === 'conflict')
      return { target, outcome: 'conflict', url, conflict: pushed.conflict, lost };
    const cause = pushed.kind === 'raced' ? 'raced' : 'protected';
    return { target, outcome: 'pull-request', url, cause, pusher: flow.owner, reason: pushed.reason, lost };
  } catch (error) {
    if (!(error instanceof ActionError) || deps.signal.aborted) throw error;
    return { target, outcome: 'failed', url: '', error };
  }
}

type Settled = Extract<PushedMerge, { readonly kind: 'up-to-date' | 'merged' }>;

/** The branch contains the release: its run is started where the push starts none, and no request is needed. */
async function settled(
  ground: BranchGround,
  pushed: Settled,
  { target, flow, inputs, deps }: Bringing,
): Promise<BackMergeOutcome> {
  const { context } = deps;
  const { version } = inputs;
  if (
    flow.owner === 'job' &&
    (pushed.kind === 'merged' || (await isStopped(ground, target, { inputs, deps })))
  )
    await startDelivery(target, { inputs, deps });
  const closed = await closeCaughtUp(flow.github, ground, { target, context, version });
  if (closed !== null) deps.core.info(`${closed} is closed: ${target} contains v${version}`);
  if (pushed.kind === 'up-to-date') return { target, outcome: 'up-to-date', url: '' };
  const url = `${context.serverUrl}/${context.repository.fullName}/commit/${pushed.commit}`;
  return { target, outcome: 'merged', url };
}

/** An earlier call pushed and was stopped before it could start the branch's run. */
async function isStopped(
  ground: BranchGround,
  target: string,
  { inputs, deps }: Start & Pick<Bringing, 'deps'>,
): Promise<boolean> {
  const commit = await ground.tip(target);
  if (commit === null) return false;
  const parents = await ground.history.parents(commit);
  return wasNeverStarted({ commit, parents }, deps.context.sha, { inputs, deps });
}
