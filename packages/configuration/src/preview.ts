// The preview of a run: shown for a pull request into development, taken away with it, and swept by schedule.
import { legHash } from '@headgate/kit/record-names';
import type { Preview, Settings } from './decision.js';
import type { Facts } from './facts.js';
import { checkRemote, hostSettings } from './host-settings.js';
import { registryUsername, resolveAll } from './image-settings.js';
import type { Situation } from './legs.js';
import type { References } from './references.js';
import type { Route } from './route.js';
import type { Configuration, PreviewConfiguration } from './schema.js';
import { engineOf, signingSettings } from './target-settings.js';

type PreviewWork = 'show' | 'remove' | 'sweep';
type PreviewFacts = Pick<Facts, 'event' | 'eventName'>;

/** Only pull requests of this repository's own branches: a fork's code gets no host and no secret. */
export function previewWork(
  { event, eventName }: PreviewFacts,
  { previews, branches }: Pick<Configuration, 'previews' | 'branches'>,
): PreviewWork | null {
  if (previews === undefined) return null;
  if (eventName === 'schedule') return 'sweep';
  if (event.kind !== 'pull-request' || event.untrusted !== null) return null;
  if (event.base !== branches.development) return null;
  return event.closed ? 'remove' : 'show';
}

/** What is shown must be published: a host runs what a registry has under its digest. */
export function withPreview(route: Route, facts: PreviewFacts, configuration: Configuration): Route {
  const shows = previewWork(facts, configuration) === 'show' && route.images === 'test';
  return shows ? { ...route, images: 'publish' } : route;
}

/** The leg of the preview; null for a run without. @throws {ActionError} `invalid-target` */
export function previewLeg(situation: Situation): Preview | null {
  const { facts, read, route, references } = situation;
  const { previews } = read.configuration;
  const work = previewWork(facts, read.configuration);
  if (previews === undefined || work === null || (work === 'show' && route.nothing !== null)) return null;
  const number = facts.event.kind === 'pull-request' ? facts.event.number : null;
  const common: Settings = {
    leg: 'preview',
    application: read.configuration.application,
    ...placeSettings(previews, references),
    ...(number === null ? {} : { 'pull-request': number }),
  };
  const settings =
    work === 'show' ? shownSettings(previews, common, situation) : { ...common, mode: 'preview-reap' };
  const runner = runnerOf(previews, references);
  return { stage: 'deploy', name: 'preview', leg: legHash('deploy', 'preview'), settings, runner };
}

/** Where previews are shown, and so where they are taken away. */
function placeSettings(previews: PreviewConfiguration, references: References): Settings {
  const path = ['previews'];
  const settings = {
    transport: previews.transport,
    ...hostSettings(previews, path, references),
    engine: engineOf(previews.engine, path, references),
  };
  checkRemote(settings, path);
  return settings;
}

/** None where it was left to the workflow: any runner reaches a host by ssh. */
function runnerOf({ runner = [] }: PreviewConfiguration, references: References): readonly string[] {
  return runner.map((label, index) => references.resolve(label, ['previews', 'runner', String(index)]) ?? '');
}

/** What this run does about a preview, as a sentence; nothing for the rest. */
export function previewNotices({ facts, read }: Situation): readonly string[] {
  const work = previewWork(facts, read.configuration);
  if (work === 'sweep') return ['Previews that have expired or whose pull request is closed are taken away.'];
  const number = facts.event.kind === 'pull-request' ? facts.event.number : 0;
  return work === 'remove' ? [`The preview of #${number} is taken away.`] : [];
}

function shownSettings(
  previews: PreviewConfiguration,
  common: Settings,
  { facts, read, references }: Situation,
): Settings {
  const { configuration } = read;
  const { repository } = facts;
  return {
    ...common,
    mode: 'preview',
    'compose-file': previews.compose,
    services: Object.fromEntries(
      Object.entries(previews.services).map(([name, { image, port }]): [string, Settings] => [
        name,
        { ...(image === undefined ? {} : { 'image-name': image }), ...(port === undefined ? {} : { port }) },
      ]),
    ),
    address: references.resolve(previews.address, ['previews', 'address']) ?? '',
    bind: previews.bind,
    ttl: previews.ttl,
    most: previews.most,
    'health-path': previews.health.path,
    'health-interval': previews.health.interval,
    'health-deadline': previews.health.deadline,
    'registry-username': registryUsername({ configuration, references, repository }),
    // What a pull request publishes is signed like everything else: the same job builds it, with the same secret.
    ...signingSettings({ configuration, references, repository }),
    'environment-secrets': Object.fromEntries(
      Object.entries(previews.secrets).map(([variable, { secret }]) => [variable, { secret }]),
    ),
    vars: resolveAll(previews.vars, ['previews', 'vars'], references),
  };
}
