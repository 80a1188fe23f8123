// What one event means: facts and headgate.yml in, the decision out. Pure.
import { legHash } from '@headgate/kit/record-names';
import { type BuildVersion, buildVersion } from './build-version.js';
import type { Decision, Leg } from './decision.js';
import type { Facts } from './facts.js';
import { failure } from './failures.js';
import { imageSettings } from './image-settings.js';
import { missingVariables } from './missing-variables.js';
import type { ReadConfiguration } from './read.js';
import { createReferences, type References } from './references.js';
import { type Route, routeOf } from './route.js';
import type { EnvironmentConfiguration } from './schema.js';
import { expectedStages } from './stages.js';
import { targetSettings } from './target-settings.js';

/** GitHub's limit of jobs in one matrix. */
const maxLegs = 256;

/**
 * Decides what a run does.
 * @throws {ActionError} `missing-variable` naming all of them, `invalid-version`, `invalid-image`, `invalid-target`, `too-many-legs`.
 */
export function decide(facts: Facts, read: ReadConfiguration): Decision {
  const { configuration } = read;
  const route = withWork(routeOf(facts, configuration.branches), read);
  const version = buildVersion(route, facts);
  const references = createReferences(facts.variables);
  const situation: Situation = { facts, read, route, version, references };
  const environment = environmentOf(situation);
  const images = imageLegs(situation);
  const targets = targetLegs(situation, environment);
  const notices = noticesOf(situation);
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
    environment: environment?.name ?? null,
    environmentUrl: environment?.url ?? null,
    nothing: route.nothing,
    stages: expectedStages(route, { images, targets, environment: environment?.name ?? null }),
    evidence: 'none',
    images,
    machineImages: [],
    plans: [],
    approval: null,
    targets,
    finish: { promote: false, forecast: false },
    notifications: {},
    notices,
  };
}

interface Situation {
  readonly facts: Facts;
  readonly read: ReadConfiguration;
  readonly route: Route;
  readonly version: BuildVersion;
  readonly references: References;
}

interface ChosenEnvironment {
  readonly name: string;
  readonly url: string | null;
  readonly block: EnvironmentConfiguration;
}

/** A route for an application without images has nothing to build. */
function withWork(route: Route, { configuration, file }: ReadConfiguration): Route {
  if (route.nothing !== null || Object.keys(configuration.images).length > 0) return route;
  return { ...route, images: 'none', deploys: null, nothing: `${file} lists no images` };
}

function environmentOf({ route, read, references }: Situation): ChosenEnvironment | null {
  if (route.deploys === null) return null;
  const environments = Object.entries(read.configuration.environments);
  const found = environments.find(([, block]) => block.branch === route.deploys);
  if (found === undefined) return null;
  const [name, block] = found;
  const url = block.url === undefined ? null : references.resolve(block.url, ['environments', name, 'url']);
  return { name, url: checkedUrl(name, url), block };
}

/** It ends up in outputs, summaries and deployment statuses. */
function checkedUrl(environment: string, url: string | null): string | null {
  if (url === null || url === '') return null;
  if (/^https?:\/\/[^\s]+$/.test(url)) return url;
  const message = `environments.${environment}.url: an http or https address was expected, ${JSON.stringify(url)} was found`;
  throw failure('invalid-url', message, 'Correct the value, or the variable that it names.');
}

function imageLegs({ facts, read, route, version, references }: Situation): readonly Leg[] {
  if (route.images === 'none') return [];
  const publish = route.images === 'publish';
  const trusted = route.untrusted === null;
  const { configuration } = read;
  const { repository, tree } = facts;
  const situation = { configuration, references, repository, tree, publish, trusted, version };
  const images = Object.entries(configuration.images);
  checkCount('images', images.length);
  return images.map(([name, image]) => ({
    stage: 'images',
    name,
    leg: legHash('images', name),
    settings: imageSettings(name, image, situation),
  }));
}

function targetLegs(
  { facts, read, references }: Situation,
  environment: ChosenEnvironment | null,
): readonly Leg[] {
  if (environment === null) return [];
  const { configuration } = read;
  const { name, url } = environment;
  const situation = {
    configuration,
    references,
    repository: facts.repository,
    environment: name,
    environmentUrl: url ?? '',
  };
  const targets = Object.entries(environment.block.targets);
  checkCount('targets', targets.length);
  return targets.map(([target, block]) => ({
    stage: 'deploy',
    name: target,
    leg: legHash('deploy', target),
    settings: targetSettings(target, block, situation),
  }));
}

function checkCount(what: string, count: number): void {
  if (count <= maxLegs) return;
  const message = `at most ${maxLegs} ${what} were expected, the number of jobs GitHub allows in a matrix; found ${count}`;
  throw failure(
    'too-many-legs',
    message,
    `Split the application: ${count - maxLegs} ${what} too many for one headgate.yml.`,
  );
}

/** Also where missing variables stop the run: all of them at once, and only if this run has access to variables. */
function noticesOf({ facts, read, route, references }: Situation): readonly string[] {
  const { missing } = references;
  if (route.untrusted === null) {
    if (missing.length > 0) throw missingVariables(missing, read, facts.repository);
    return [];
  }
  const notices = [`No secrets and nothing published: ${route.untrusted}.`];
  const names = [...new Set(missing.map(({ variable }) => variable))].sort((a, b) => (a < b ? -1 : 1));
  if (names.length === 0) return notices;
  return [...notices, `Variables that GitHub does not give such a run were left out: ${names.join(', ')}.`];
}
