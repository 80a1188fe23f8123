// The names that a headgate.yml asks GitHub for: repository variables, and secrets with the members of their maps. Pure.
import type { Configuration } from '@headgate/configuration/schema';

export type SecretGroup = 'BUILD_SECRETS' | 'DEPLOY_SECRETS' | 'NOTIFY_SECRETS';

export interface WantedSecret {
  readonly group: SecretGroup;
  /** The environment whose secret it is; null: the repository's. */
  readonly environment: string | null;
  /** Members of its map, such as `environment.DATABASE_PASSWORD`, that must be there; sorted. */
  readonly members: readonly string[];
}

/** Variables without a default, sorted. */
export function wantedVariables(configuration: Configuration): readonly string[] {
  const names = new Set<string>();
  const waiting: unknown[] = [configuration];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { var: name, default: start } = value as { var?: unknown; default?: unknown };
    if (typeof name === 'string' && start === undefined) names.add(name);
    waiting.push(...Object.values(value));
  }
  return [...names].sort(alphabetical);
}

/** Secrets that a run cannot do without. */
export function wantedSecrets(configuration: Configuration): readonly WantedSecret[] {
  return [
    ...oneSecret('BUILD_SECRETS', null, buildMembers(configuration)),
    ...deploySecrets(configuration),
    ...oneSecret('DEPLOY_SECRETS', previewPlace, previewMembers(configuration)),
    ...oneSecret('NOTIFY_SECRETS', null, notifyMembers(configuration)),
  ];
}

/** The environment on GitHub whose secrets previews have. */
export const previewPlace = 'preview';

function oneSecret(
  group: SecretGroup,
  environment: string | null,
  members: readonly string[],
): readonly WantedSecret[] {
  if (members.length === 0) return [];
  return [{ group, environment, members: [...new Set(members)].sort(alphabetical) }];
}

function buildMembers(configuration: Configuration): readonly string[] {
  const images = Object.values(configuration.images).flatMap(({ secrets }) => Object.values(secrets));
  const machines = Object.values(configuration['machine-images']).flatMap(({ secrets }) =>
    Object.values(secrets),
  );
  const needed = images.filter(({ optional }) => !optional);
  return [...needed, ...machines].map(({ secret }) => `build.${secret}`);
}

/**
 * The plan job and the deployment open what they need of the same map: plans are sealed, and secrets are bound to an
 * approval, with the seal key.
 */
function deploySecrets({ environments }: Configuration): readonly WantedSecret[] {
  return Object.entries(environments).flatMap(([name, { infrastructure, targets, approval }]) => {
    const parts = Object.values(infrastructure);
    const forTools = parts.flatMap((part) => [
      ...Object.values(part['secret-variables']),
      ...Object.values(part['secret-environment']),
    ]);
    const forContainers = Object.values(targets).flatMap(({ secrets }) => Object.values(secrets));
    const members = [...forTools, ...forContainers].map(({ secret }) => `environment.${secret}`);
    const sealed = parts.length > 0 || (approval !== undefined && members.length > 0);
    return placesOf(name, parts.length > 0 || approval !== undefined).flatMap((place) =>
      oneSecret('DEPLOY_SECRETS', place, sealed ? ['seal-key', ...members] : members),
    );
  });
}

/** What is planned or approved is looked at in an environment of its own first. */
export function placesOf(environment: string, planned: boolean): readonly string[] {
  return planned ? [`${environment}-plan`, environment] : [environment];
}

/** Without a name of its own the key of a host by ssh may be an agent's, which nobody sees from here. */
function previewMembers({ previews }: Configuration): readonly string[] {
  if (previews === undefined) return [];
  const key = previews.transport === 'ssh' ? previews.ssh?.key : undefined;
  const all = [...Object.values(previews.secrets), ...(key === undefined ? [] : [key])];
  return all.map(({ secret }) => `environment.${secret}`);
}

function notifyMembers({ notifications }: Configuration): readonly string[] {
  return Object.values(notifications).flatMap((channel) => {
    const values = channel.type === 'smtp' ? [channel.password] : [channel.url, channel.secret];
    return values.flatMap((value) => (typeof value === 'object' && 'secret' in value ? [value.secret] : []));
  });
}

function alphabetical(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
