// The stores that a build's cache can live in, and whether this machine can reach them.
import { isAbsolute, join } from 'node:path';
import { refusedToken } from './actions-token.js';
import { parseVersion } from './builder.js';
import type { CacheFacts, CachePreset } from './cache-preset.js';

export interface CacheBackend {
  readonly kind: 'gha' | 'registry' | 'local';
  /** Fields of `--cache-from` for a scope. */
  readonly from: (scope: string) => readonly string[];
  /** Fields of `--cache-to` besides the mode. */
  readonly to: (scope: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** A backend, or why there is none. */
type Found = CacheBackend | string;

export function findBackend(preset: CachePreset, facts: CacheFacts): Found {
  if (preset.kind === 'off') return 'no cache: it is off';
  const { driver, containerd } = facts.builder;
  if (driver === 'docker' && !containerd)
    return 'no cache: the docker driver cannot export one unless the engine keeps images in containerd; create a builder with docker/setup-buildx-action';
  switch (preset.kind) {
    case 'gha':
      return actionsCache(facts);
    case 'registry':
      return registryCache(facts);
    case 'local':
      return localCache(preset.directory, facts);
    case 'auto':
      return automatic(facts);
  }
}

function automatic(facts: CacheFacts): Found {
  const actions = actionsCache(facts);
  if (typeof actions !== 'string') return actions;
  if (facts.publish) {
    const registry = registryCache(facts);
    if (typeof registry !== 'string') return registry;
  }
  // The job's own folder is gone with the job, and a builder that stays has its cache anyway.
  return `${actions}; and no image is published whose registry could keep it`;
}

/** Clients since these speak to the service that GitHub has had since 2025-04; the older one is shut down there. */
const buildxOfServiceV2 = [0, 21, 0] as const;
const engineOfServiceV2 = [28, 0, 0] as const;
export const serviceVariables = [
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_CACHE_SERVICE_V2',
] as const;

function actionsCache({ env, builder, now }: CacheFacts): Found {
  const isThere = (name: string): boolean => (env[name] ?? '') !== '';
  if (!isThere('ACTIONS_RUNTIME_TOKEN')) return 'no cache: the Actions cache gave this step no token';
  const isV2 = isThere('ACTIONS_CACHE_SERVICE_V2') || !isThere('ACTIONS_CACHE_URL');
  if (!isThere(isV2 ? 'ACTIONS_RESULTS_URL' : 'ACTIONS_CACHE_URL'))
    return 'no cache: the Actions cache has no address here';
  if (isV2 && isBelow(builder.buildxVersion, buildxOfServiceV2))
    return `no cache: buildx ${builder.buildxVersion} does not speak to the Actions cache of today, 0.21.0 does`;
  if (isV2 && builder.driver === 'docker' && isBelow(builder.serverVersion, engineOfServiceV2))
    return `no cache: the engine ${builder.serverVersion} does not speak to the Actions cache of today, 28.0.0 does`;
  const refused = refusedToken(env['ACTIONS_RUNTIME_TOKEN'] ?? '', now);
  if (refused !== null) return `no cache: the Actions cache cannot be used, because ${refused}`;
  const entries = serviceVariables.flatMap((name) => (isThere(name) ? [[name, env[name] ?? '']] : []));
  const fields = (scope: string): readonly string[] => ['type=gha', `scope=${scope}`];
  return {
    kind: 'gha',
    from: fields,
    to: fields,
    env: Object.fromEntries(entries),
    reason: 'cache in GitHub Actions',
  };
}

function registryCache({ image }: CacheFacts): Found {
  if (image === null) return 'no cache: it needs an image name to be kept in a registry';
  const fields = (scope: string): readonly string[] => ['type=registry', `ref=${image}:cache-${scope}`];
  return {
    kind: 'registry',
    from: fields,
    // As an image, which registries take that know no other manifests (buildx since 0.11).
    to: (scope) => [...fields(scope), 'image-manifest=true', 'oci-mediatypes=true'],
    env: {},
    reason: `cache in ${image}`,
  };
}

function localCache(directory: string | null, { env }: CacheFacts): Found {
  const temporary = env['RUNNER_TEMP'] ?? '';
  const folder = directory ?? (temporary === '' ? '' : join(temporary, 'headgate-build-cache'));
  if (!isAbsolute(folder))
    return `no cache: ${directory === null ? 'RUNNER_TEMP is not set' : 'its folder must be absolute'}; write local:/absolute/folder`;
  return {
    kind: 'local',
    from: (scope) => ['type=local', `src=${join(folder, scope)}`],
    to: (scope) => ['type=local', `dest=${join(folder, scope)}`],
    env: {},
    reason: `cache in ${folder}${directory === null ? ', which ends with the job' : ''}`,
  };
}

function isBelow(version: string, wanted: readonly [number, number, number]): boolean {
  const found = parseVersion(version);
  // A version of another form is not known to be old.
  if (found === null) return false;
  const at = found.findIndex((number, index) => number !== wanted[index]);
  return at >= 0 && (found[at] ?? 0) < (wanted[at] ?? 0);
}
