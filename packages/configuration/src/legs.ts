// The legs of a run: what each action is to do, once for each name in headgate.yml.

import { legHash } from '@headgate/kit/record-names';
import type { StageName } from '@headgate/kit/record-parts';
import type { BuildVersion } from './build-version.js';
import type { Leg, Settings } from './decision.js';
import type { ChosenEnvironment } from './environment-choice.js';
import type { Facts } from './facts.js';
import { failure } from './failures.js';
import { imageSettings } from './image-settings.js';
import { machineImageSettings } from './machine-image-settings.js';
import { planSettings } from './plan-settings.js';
import type { Policy } from './policy.js';
import type { ReadConfiguration } from './read.js';
import type { References } from './references.js';
import type { Route } from './route.js';
import { targetsAt } from './target-place.js';
import { targetSettings } from './target-settings.js';

/** GitHub's limit of jobs in one matrix. */
const maxLegs = 256;

export interface Situation {
  readonly facts: Facts;
  readonly read: ReadConfiguration;
  readonly route: Route;
  readonly version: BuildVersion;
  readonly references: References;
}

export function imageLegs({ facts, read, route, version, references }: Situation): readonly Leg[] {
  if (route.images === 'none') return [];
  const publish = route.images === 'publish';
  const trusted = route.untrusted === null;
  const { configuration } = read;
  const { repository, tree } = facts;
  const situation = { configuration, references, repository, tree, publish, trusted, version };
  return legs('images', 'images', configuration.images, (name, image) =>
    imageSettings(name, image, situation),
  );
}

export function machineImageLegs({ read, route, references }: Situation): readonly Leg[] {
  if (!route.machineImages) return [];
  return legs('machine-images', 'machine images', read.configuration['machine-images'], (name, image) =>
    machineImageSettings(name, image, references),
  );
}

export function planLegs({ references }: Situation, environment: ChosenEnvironment | null): readonly Leg[] {
  if (environment === null) return [];
  const situation = { environment: environment.name, references };
  return legs('plan', 'plans', environment.block.infrastructure, (name, infrastructure) =>
    planSettings(name, infrastructure, situation),
  );
}

/** Made with throw-away credentials by the pull request's own code, so they are never applied. */
export function shownPlanLegs({ read, route, references }: Situation): readonly Leg[] {
  const found = Object.entries(read.configuration.environments).find(
    ([, block]) => block.branch === route.shows,
  );
  if (found === undefined) return [];
  const [environment, { infrastructure }] = found;
  return legs('plan', 'plans', infrastructure, (name, each) => ({
    ...planSettings(name, each, { environment, references }),
    // Machine images are built for releases only.
    'machine-images-variable': '',
    seal: false,
    lock: false,
  }));
}

export function targetLegs(
  { facts, read, references }: Situation,
  environment: ChosenEnvironment | null,
  { approval, places }: Policy,
): readonly Leg[] {
  if (environment === null) return [];
  const { name, url, block } = environment;
  const situation = {
    configuration: read.configuration,
    references,
    repository: facts.repository,
    environment: name,
    environmentUrl: url ?? '',
    approval,
  };
  return legs('deploy', 'targets', targetsAt(block.targets, places), (target, each) =>
    targetSettings(target, each, situation),
  );
}

/** Settings of approval-gate without its mode. */
export function approvalLeg(environment: ChosenEnvironment | null, { approval }: Policy): Leg | null {
  if (environment === null || approval === null) return null;
  const { name } = environment;
  const { groups, exclude, expires, interval } = approval;
  const settings = {
    leg: name,
    environment: name,
    groups: Object.fromEntries(
      Object.entries(groups).map(([group, { members, quorum }]) => [group, { members, quorum }]),
    ),
    exclude,
    'exclude-authors': approval['exclude-authors'],
    expires,
    'park-after': approval['park-after'],
    interval,
  };
  return { stage: 'approval', name, leg: legHash('approval', name), settings };
}

/** @throws {ActionError} `too-many-legs` */
function legs<T>(
  stage: StageName,
  what: string,
  blocks: Readonly<Record<string, T>>,
  settingsOf: (name: string, block: T) => Settings,
): readonly Leg[] {
  const all = Object.entries(blocks);
  if (all.length > maxLegs) throw tooMany(what, all.length);
  return all.map(([name, block]) => ({
    stage,
    name,
    leg: legHash(stage, name),
    settings: settingsOf(name, block),
  }));
}

function tooMany(what: string, count: number): Error {
  const message = `at most ${maxLegs} ${what} were expected, the number of jobs GitHub allows in a matrix; found ${count}`;
  const hint = `Split the application: ${count - maxLegs} ${what} too many for one headgate.yml.`;
  return failure('too-many-legs', message, hint);
}
