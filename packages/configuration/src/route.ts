// The routing table: what each event of the flow runs. `decide` follows it and `headgate check` prints it.
import { type Branch, classifyBranch, describeBranches } from './branches.js';
import type { BranchKind } from './decision.js';
import type { Facts, FlowEvent, PullRequestEvent } from './facts.js';
import type { Branches, EnvironmentBranch } from './schema.js';

export interface Route {
  /** Short name of the branch the event is about; the head for a pull request. */
  readonly branch: string;
  readonly branchKind: BranchKind;
  /** `1.4` of `release/1.4`: what the branch's name says its version is; null for kinds without. */
  readonly label: string | null;
  readonly images: ImageWork;
  /** Environments fed by this kind of branch are deployed to. */
  readonly deploys: EnvironmentBranch | null;
  /** Why there is nothing to do; null when there is. */
  readonly nothing: string | null;
  /** Why this run has no secrets; null when it has them. */
  readonly untrusted: string | null;
}

/** `test` builds and runs the test stages; `publish` also publishes. */
export type ImageWork = 'none' | 'test' | 'publish';

interface Work {
  readonly images: ImageWork;
  readonly deploys: EnvironmentBranch | null;
}

/** What a push to each kind of branch runs; a text says why nothing does. */
export const pushRoutes: Readonly<Record<Branch['kind'], Work | string>> = {
  feature: { images: 'test', deploys: null },
  development: { images: 'publish', deploys: 'development' },
  release: { images: 'publish', deploys: 'release' },
  hotfix: { images: 'publish', deploys: 'release' },
  support: { images: 'test', deploys: null },
  production:
    'production takes the digest that ran before, never a new build; this version of Headgate does not promote it yet',
  other: 'it is none of the branches of the flow',
};

type RouteFacts = Pick<Facts, 'eventName' | 'event' | 'openPullRequests'>;

/** Finds the route of an event. Pure, and total: whatever the event, there is an answer. */
export function routeOf(facts: RouteFacts, branches: Branches): Route {
  const { event } = facts;
  switch (event.kind) {
    case 'push':
      return pushRoute(classifyBranch(event.branch, branches), facts, branches);
    case 'pull-request':
      return pullRequestRoute(event);
    case 'merge-group':
      return { ...emptyRoute(event.branch, 'pull-request'), images: 'test' };
    case 'deleted':
      return idle(event.branch, branches, `the branch ${event.branch} was deleted`);
    case 'tag':
      return {
        ...emptyRoute(event.tag, 'other'),
        nothing: `the tag ${event.tag} was pushed; a tag starts nothing`,
      };
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

function pullRequestRoute(event: PullRequestEvent): Route {
  const route = emptyRoute(event.head, 'pull-request');
  if (event.closed) return { ...route, nothing: `#${event.number} was closed` };
  return { ...route, images: 'test', untrusted: event.untrusted };
}

function unrouted(eventName: string): string {
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
  return { branch, branchKind, label: null, images: 'none', deploys: null, nothing: null, untrusted: null };
}
