// The routing table: what each event of the flow runs. `decide` follows it and `headgate check` prints it.
import { type Branch, classifyBranch, describeBranches } from './branches.js';
import type { BranchKind } from './decision.js';
import type { Facts, FlowEvent, PullRequestEvent, RestoreRequest } from './facts.js';
import type { Branches } from './schema.js';
import { idleWork, pullRoutes, pushRoutes, restored, tested, type Work, watched } from './work.js';

export interface Route extends Work {
  /** Short name of the branch the event is about; the head for a pull request. */
  readonly branch: string;
  readonly branchKind: BranchKind;
  /** `1.4` of `release/1.4`: what the branch's name says its version is; null for kinds without. */
  readonly label: string | null;
  /** Why there is nothing to do; null when there is. */
  readonly nothing: string | null;
  /** Why this run has no secrets; null when it has them. */
  readonly untrusted: string | null;
}

type RouteFacts = Pick<Facts, 'eventName' | 'event' | 'openPullRequests'>;

/** Finds the route of an event. Pure, and total: whatever the event, there is an answer. */
export function routeOf(facts: RouteFacts, branches: Branches): Route {
  const { event } = facts;
  switch (event.kind) {
    case 'push':
      return pushRoute(classifyBranch(event.branch, branches), facts, branches);
    case 'dispatch':
      return event.restore === undefined
        ? dispatchRoute(classifyBranch(event.branch, branches), branches)
        : restoreRoute(classifyBranch(event.branch, branches), event.restore, branches);
    case 'pull-request':
      return pullRequestRoute(event, branches);
    case 'merge-group':
      return mergeGroupRoute(event, branches);
    case 'deleted':
      return idle(event.branch, branches, `the branch ${event.branch} was deleted`);
    case 'tag':
      return {
        ...emptyRoute(event.tag, 'other'),
        nothing: `the tag ${event.tag} was pushed; a tag starts nothing`,
      };
    case 'schedule':
      return { ...emptyRoute(event.branch, classifyBranch(event.branch, branches).kind), ...watched };
    case 'other':
      return { ...emptyRoute('', 'other'), nothing: unrouted(facts.eventName) };
  }
}

/** True when `decide` must know the open pull requests of the pushed branch. */
export function asksForPullRequests(event: FlowEvent, branches: Branches): boolean {
  return event.kind === 'push' && classifyBranch(event.branch, branches).kind === 'feature';
}

function pushRoute(branch: Branch, facts: RouteFacts, branches: Branches): Route {
  const work = pushRoutes[branch.kind];
  if (typeof work === 'string') {
    const known = branch.kind === 'other' ? ` (${describeBranches(branches)})` : '';
    return idle(branch.name, branches, `${branch.name}: ${work}${known}`);
  }
  const route = { ...emptyRoute(branch.name, branch.kind), label: branch.label, ...work };
  if (branch.kind !== 'feature') return route;
  const covering = facts.openPullRequests.find(({ base }) => coveredBy(base, branches));
  if (covering === undefined) return route;
  return idle(
    branch.name,
    branches,
    `covered by #${covering.number}: its own run builds and tests the merge`,
  );
}

/** Only pull requests into the two lasting branches are sure to start a run. */
function coveredBy(base: string, branches: Branches): boolean {
  return base === branches.development || base === branches.production;
}

const dispatched: readonly Branch['kind'][] = ['development', 'release', 'hotfix'];

/** As a push: what a job token pushed starts no run, so that job starts one. */
function dispatchRoute(branch: Branch, branches: Branches): Route {
  const work = pushRoutes[branch.kind];
  if (dispatched.includes(branch.kind) && typeof work !== 'string')
    return { ...emptyRoute(branch.name, branch.kind), label: branch.label, ...work };
  const known = `${branches.development}, ${branches.release}* and ${branches.hotfix}*`;
  return idle(
    branch.name,
    branches,
    `${branch.name}: a run is started by hand only on ${known}; push or open a pull request instead`,
  );
}

/** Whoever may start a run may start it on a branch of their own: only the production branch is sure to be reviewed. */
function restoreRoute(branch: Branch, { environment }: RestoreRequest, branches: Branches): Route {
  if (branch.kind === 'production')
    return { ...emptyRoute(branch.name, branch.kind), ...restored(environment) };
  return idle(
    branch.name,
    branches,
    `${branch.name}: a version is deployed by hand only from ${branches.production}`,
  );
}

function pullRequestRoute(event: PullRequestEvent, branches: Branches): Route {
  const route = emptyRoute(event.head, 'pull-request');
  if (event.closed) return { ...route, nothing: `#${event.number} was closed` };
  const { untrusted } = event;
  if (event.base !== branches.production) {
    // A plan runs the pull request's code with credentials: only that of this repository's own branches.
    const isPlanned = event.base === branches.development && untrusted === null;
    return { ...route, ...(isPlanned ? pullRoutes.development : tested), untrusted };
  }
  const head = classifyBranch(event.head, branches);
  if (untrusted !== null) return { ...route, ...pullRoutes.untrusted, untrusted };
  const forecast = head.kind === 'release' || head.kind === 'hotfix';
  return { ...route, ...pullRoutes.production, label: head.label, finish: { promote: false, forecast } };
}

/** As the pull requests in it: what staging ran is what may be merged into production. */
function mergeGroupRoute({ branch, base }: MergeGroup, branches: Branches): Route {
  const work = base === branches.production ? pullRoutes.production : tested;
  return { ...emptyRoute(branch, 'pull-request'), ...work };
}

type MergeGroup = Extract<FlowEvent, { readonly kind: 'merge-group' }>;

function unrouted(eventName: string): string {
  if (eventName === 'issue_comment') {
    return 'a comment only goes on with a run that waits for approval, which is the work of resume.yml';
  }
  if (eventName === 'pull_request_target') {
    return 'pull_request_target would run the code of strangers with secrets; use pull_request';
  }
  return `nothing is routed for the event ${eventName}`;
}

function idle(name: string, branches: Branches, nothing: string): Route {
  const branch = classifyBranch(name, branches);
  return { ...emptyRoute(name, branch.kind), label: branch.label, nothing };
}

function emptyRoute(branch: string, branchKind: BranchKind): Route {
  return { ...idleWork, branch, branchKind, label: null, nothing: null, untrusted: null };
}
