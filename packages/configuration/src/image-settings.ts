// The inputs of docker-multistage-build for each image of headgate.yml.
import { imageKey } from '@headgate/kit/record-names';
import type { BuildVersion } from './build-version.js';
import type { JsonValue, Settings } from './decision.js';
import type { RepositoryFacts } from './facts.js';
import { failure } from './failures.js';
import type { References } from './references.js';
import type { Configuration, ImageConfiguration, Value } from './schema.js';

export interface ImageSituation {
  readonly configuration: Configuration;
  readonly references: References;
  readonly repository: RepositoryFacts;
  readonly tree: string;
  readonly publish: boolean;
  readonly trusted: boolean;
  readonly version: BuildVersion;
}

/** Settings of the image called `name`, keyed by the action's input names. */
export function imageSettings(name: string, image: ImageConfiguration, situation: ImageSituation): Settings {
  const { references, publish, trusted, version, tree } = situation;
  const path = ['images', name];
  const buildArgs = resolveAll(image['build-args'], [...path, 'build-args'], references);
  const contexts = resolveAll(image['build-contexts'], [...path, 'build-contexts'], references);
  const target = image.target ?? '';
  return {
    leg: name,
    context: image.context,
    file: image.file,
    target,
    'test-targets': image['test-targets'],
    ...(image['test-results'].length === 0 ? {} : { 'test-results': image['test-results'] }),
    ...contentSettings(image),
    'build-args': buildArgs,
    'build-contexts': Object.fromEntries(Object.entries(contexts).filter(([, value]) => value !== '')),
    network: image.network ?? '',
    platforms: image.platforms,
    secrets: trusted ? secretSettings(image) : {},
    // A run that publishes nothing needs no registry, so its variables may be absent.
    image: publish ? imageName(name, image, situation) : '',
    'registry-username': publish ? registryUsername(situation) : '',
    labels: versionLabel(version),
    tags: version.tags,
    'moving-tags': version.movingTags,
    publish,
    'image-key': imageKey({ tree, name, target, platforms: image.platforms, buildArgs }),
  };
}

/** Only what was written: the action knows its own defaults. */
function contentSettings(image: ImageConfiguration): Settings {
  const { cache, policy, budgets, baseline } = image;
  const skipped = image['skipped-stages'];
  const given = {
    cache,
    policy,
    budgets,
    baseline,
    'build-record': image['build-record'],
    'skipped-stages': skipped.length === 0 ? undefined : skipped,
  };
  return JSON.parse(JSON.stringify(given)) as Settings;
}

/** The release on its way, else the development build's number; a build without a number carries none. */
function versionLabel({ version, tags }: BuildVersion): JsonValue {
  const number = version ?? tags[0];
  return number === undefined ? {} : { 'org.opencontainers.image.version': number };
}

// As the OCI distribution specification and Docker's reference grammar have them.
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const longestRepository = 255;
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** A name without a dot or a port would be a repository of Docker Hub. */
const hostPattern = new RegExp(`^(?=localhost(?::|$)|.*[.:])${label}(?:\\.${label})*(?::[0-9]{1,5})?$`);

/** `host/repository` of an image. @throws {ActionError} `invalid-image` for what no registry takes. */
export function imageName(name: string, image: ImageConfiguration, situation: ImageSituation): string {
  const { configuration, references, repository } = situation;
  const own = repository.name === name ? repository.name : `${repository.name}/${name}`;
  const byDefault = `${repository.owner}/${own}`.toLowerCase();
  const path = ['images', name, 'repository'];
  const host = references.resolve(configuration.registry.host, ['registry', 'host']);
  const place = references.resolve(image.repository ?? byDefault, path) ?? byDefault;
  if (host === null) return '';
  if (!hostPattern.test(host)) {
    const hint =
      'Write the host alone, with its port if it has one, such as ghcr.io or registry.example.com:5000.';
    throw failure(
      'invalid-image',
      `registry.host: a host was expected, ${JSON.stringify(host)} was found`,
      hint,
    );
  }
  if (!repositoryPattern.test(place) || place.length > longestRepository) {
    const hint = 'Write lower-case letters, digits, and single / . _ - between them.';
    const found = JSON.stringify(place);
    throw failure(
      'invalid-image',
      `images.${name}.repository: a repository name was expected, ${found} was found`,
      hint,
    );
  }
  return `${host}/${place}`;
}

/** Who logs in to the registry: as configured, else the repository's owner. */
export function registryUsername({ configuration, references, repository }: RegistrySituation): string {
  const { username } = configuration.registry;
  if (username === undefined) return repository.owner;
  return references.resolve(username, ['registry', 'username']) ?? '';
}

export type RegistrySituation = Pick<ImageSituation, 'configuration' | 'references' | 'repository'>;

/** Every value of a map looked up; missing ones are left out (and noted in `references`). */
export function resolveAll(
  values: Readonly<Record<string, Value>>,
  path: readonly string[],
  references: References,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    const text = references.resolve(value, [...path, key]);
    if (text !== null) resolved[key] = text;
  }
  return resolved;
}

function secretSettings(image: ImageConfiguration): JsonValue {
  return Object.fromEntries(
    Object.entries(image.secrets).map(([id, { secret, optional }]) => [
      id,
      optional ? { secret, optional } : { secret },
    ]),
  );
}
