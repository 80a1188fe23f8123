// What one event means: facts and headgate.yml in, the decision out. Pure.
import { buildVersion } from './build-version.js';
import type { Decision, NewsKind } from './decision.js';
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
import { missingVariables } from './missing-variables.js';
import { newsKinds } from './notification-schema.js';
import { notificationSettings } from './notification-settings.js';
import { noPolicy, type Policy, policyOf } from './policy.js';
import type { ReadConfiguration } from './read.js';
import { createReferences } from './references.js';
import { type Route, routeOf } from './route.js';
import { expectedStages } from './stages.js';
import { hasWork, idleWork } from './work.js';

/**
 * Decides what a run does.
 * @throws {ActionError} `missing-variable` naming all of them, `invalid-version`, `invalid-image`, `invalid-target`,
 * `invalid-url`, `invalid-notification`, `too-many-legs`.
 */
export function decide(facts: Facts, read: ReadConfiguration): Decision {
  const { configuration } = read;
  const route = withWork(routeOf(facts, configuration.branches), read);
  const version = buildVersion(route, facts);
  const references = createReferences(facts.variables);
  const situation: Situation = { facts, read, route, version, references };
  const environment = environmentOf(route, read, references);
  const policy =
    environment === null ? noPolicy : policyOf(environment.name, environment.block, facts.policy);
  const legs = legsOf(situation, environment, policy);
  const notifications = notificationsOf(situation, environment, legs.approval !== null);
  const name = environment?.name ?? null;
  const notices = [...noticesOf(situation), ...policy.notices];
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
    nothing: route.nothing,
    stages: expectedStages(route, { ...legs, environment: name, news: Object.keys(notifications) }),
    evidence: route.evidence,
    ...legs,
    freeze: policy.freeze,
    finish: route.finish,
    notifications,
    notices,
  };
}

function legsOf(situation: Situation, environment: ChosenEnvironment | null, policy: Policy): DecidedLegs {
  return {
    images: imageLegs(situation),
    machineImages: machineImageLegs(situation),
    plans: planLegs(situation, environment),
    shownPlans: shownPlanLegs(situation),
    approval: approvalLeg(environment, policy),
    targets: targetLegs(situation, environment),
  };
}

type DecidedLegs = Pick<
  Decision,
  'images' | 'machineImages' | 'plans' | 'shownPlans' | 'approval' | 'targets'
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

/** Also where missing variables stop the run: all of them at once, and only if this run has access to variables. */
function noticesOf({ facts, read, route, references }: Situation): readonly string[] {
  const { missing } = references;
  if (route.untrusted === null) {
    if (missing.length > 0) throw missingVariables(missing, read, facts.repository);
    return [];
  }
  const notices = [`No secrets and nothing published: ${route.untrusted}.`];
  if (route.evidence !== 'none')
    notices.push(
      'Nothing of a fork or of Dependabot ran in staging: only a tree that ran there may be merged.',
    );
  const names = [...new Set(missing.map(({ variable }) => variable))].sort((a, b) => (a < b ? -1 : 1));
  if (names.length === 0) return notices;
  return [...notices, `Variables that GitHub does not give such a run were left out: ${names.join(', ')}.`];
}
