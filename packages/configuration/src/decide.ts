// What one event means: facts and headgate.yml in, the decision out. Pure.
import { buildVersion } from './build-version.js';
import type { Decision, NewsKind } from './decision.js';
import { decisionNotices } from './decision-notices.js';
import { type ChosenEnvironment, environmentOf } from './environment-choice.js';
import type { Facts } from './facts.js';
import {
  approvalLeg,
  imageLegs,
  machineImageLegs,
  planLegs,
  type Situation,
  shownPlanLegs,
  targetLegs,
} from './legs.js';
import { newsKinds } from './notification-schema.js';
import { notificationSettings } from './notification-settings.js';
import { placing } from './placed.js';
import { noPolicy, type Policy, policyOf } from './policy.js';
import { previewLeg, withPreview } from './preview.js';
import type { ReadConfiguration } from './read.js';
import { createReferences } from './references.js';
import { type Route, routeOf } from './route.js';
import { expectedStages } from './stages.js';
import { hasWork, idleWork } from './work.js';

/**
 * Decides what a run does.
 * @throws {ActionError} `missing-variable` naming all of them, `invalid-version`, `branch-rewritten`, `invalid-image`,
 * `invalid-target`, `invalid-url`, `invalid-notification`, `too-many-legs`.
 */
export function decide(facts: Facts, read: ReadConfiguration): Decision {
  return placing(read, () => decided(facts, read));
}

function decided(facts: Facts, read: ReadConfiguration): Decision {
  const { configuration } = read;
  const route = withPreview(withWork(routeOf(facts, configuration.branches), read), facts, configuration);
  const version = buildVersion(route, facts, configuration.branches);
  const references = createReferences(facts.variables);
  const situation: Situation = { facts, read, route, version, references };
  const environment = environmentOf(route, read, references);
  const policy =
    environment === null
      ? noPolicy
      : policyOf({ ...environment, policy: facts.policy, restored: facts.restored });
  const legs = legsOf(situation, environment, policy);
  const notifications = notificationsOf(situation, environment, legs.approval !== null);
  const name = environment?.name ?? null;
  return {
    schemaVersion: 1,
    application: configuration.application,
    event: facts.eventName,
    ref: facts.ref,
    branch: route.branch,
    branchKind: route.branchKind,
    version: version.version,
    commit: facts.commit,
    tree: facts.tree,
    attempt: facts.attempt,
    trusted: route.untrusted === null,
    publish: route.images === 'publish',
    environment: name,
    environmentUrl: environment?.url ?? null,
    replaces: facts.restored?.replaces ?? null,
    nothing: route.nothing,
    stages: expectedStages(route, { ...legs, environment: name, news: Object.keys(notifications) }),
    evidence: route.evidence,
    ...legs,
    review: legs.approval === null ? null : (policy.approval?.review ?? null),
    freeze: policy.freeze,
    finish: route.finish,
    drift: route.drift,
    notifications,
    notices: decisionNotices(situation, policy),
  };
}

function legsOf(situation: Situation, environment: ChosenEnvironment | null, policy: Policy): DecidedLegs {
  return {
    images: imageLegs(situation),
    machineImages: machineImageLegs(situation),
    plans: planLegs(situation, environment),
    shownPlans: shownPlanLegs(situation),
    approval: approvalLeg(environment, policy),
    targets: targetLegs(situation, environment, policy),
    preview: previewLeg(situation),
  };
}

type DecidedLegs = Pick<
  Decision,
  'images' | 'machineImages' | 'plans' | 'shownPlans' | 'approval' | 'targets' | 'preview'
>;

/** A route for an application with nothing to build, or to promote, has nothing to do. */
function withWork(route: Route, { configuration, file }: ReadConfiguration): Route {
  if (route.nothing !== null || hasWork(route, configuration)) return route;
  return { ...route, ...idleWork, nothing: `${file} lists no images` };
}

/** Only runs that change an environment or make a release are news; tests are shown where they ran. */
function notificationsOf(
  { facts, read, route, version, references }: Situation,
  environment: ChosenEnvironment | null,
  asks: boolean,
): Decision['notifications'] {
  if (environment === null && !route.finish.promote) return {};
  const possible: Readonly<Record<NewsKind, boolean>> = {
    'approval-requested': asks,
    deployed: environment !== null,
    released: route.finish.promote,
    failed: true,
  };
  const { application, notifications } = read.configuration;
  const shown = {
    application,
    environment: environment?.name ?? null,
    version: version.version,
    branch: route.branch,
    commit: facts.commit,
    'environment-url': environment?.url ?? null,
  };
  const data = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null));
  const kinds = newsKinds.filter((kind) => possible[kind]);
  return notificationSettings(notifications, { references, kinds, data });
}
