// Where a build's cache comes from and goes to: one word of the user, turned into buildx's own options.
import { type CacheBackend, findBackend } from './cache-backend.js';
import { cacheScope } from './cache-scope.js';
import { csvRecord } from './csv-record.js';

export type CachePreset =
  | { readonly kind: 'off' | 'auto' | 'gha' | 'registry' }
  /** Null for the folder of this job. */
  | { readonly kind: 'local'; readonly directory: string | null };

export interface CacheFacts {
  /** `host/repository`; null when the image has no name. */
  readonly image: string | null;
  /** Stands for the image's name where there is none. */
  readonly leg: string;
  /** Empty for the last stage. */
  readonly target: string;
  readonly platforms: readonly string[];
  /** Stages of the Dockerfile. */
  readonly stages: number;
  readonly publish: boolean;
  /** False for pull requests of forks and other events that must not leave anything behind. */
  readonly trusted: boolean;
  /** What the run builds: `develop`, `pr-12`. */
  readonly branch: string;
  /** Where a branch without a cache of its own looks; null when there is none. */
  readonly baseBranch: string | null;
  readonly builder: {
    /** `docker`, `docker-container`, `kubernetes`, `remote`, `cloud`. */
    readonly driver: string;
    /** Whether the engine keeps images in containerd; says nothing unless the driver is `docker`. */
    readonly containerd: boolean;
    /** `0.29.1` */
    readonly buildxVersion: string;
    /** Of the engine, `28.0.1`. */
    readonly serverVersion: string;
  };
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The step's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CachePlan {
  readonly backend: CacheBackend['kind'] | 'none';
  /** Values of `--cache-from`, in the order they are looked at. */
  readonly from: readonly string[];
  /** Values of `--cache-to`. */
  readonly to: readonly string[];
  /** What the docker client must find in its environment: a token never stands in argv. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for the log: what was chosen, and why nothing else. */
  readonly reason: string;
}

/**
 * Turns a preset into options. A cache that is not there is a reason, never a failure: the build works without it.
 * Source: docs.docker.com/build/cache/backends.
 */
export function planCache(preset: CachePreset, facts: CacheFacts): CachePlan {
  const found = findBackend(preset, facts);
  if (typeof found === 'string') return { backend: 'none', from: [], to: [], env: {}, reason: found };
  const scopes = [facts.branch, ...(facts.baseBranch === null ? [] : [facts.baseBranch])].map((branch) =>
    cacheScope({ image: facts.image ?? facts.leg, target: facts.target, platforms: facts.platforms }, branch),
  );
  const [own = ''] = scopes;
  const mode = facts.stages > 1 ? 'max' : 'min';
  return {
    backend: found.kind,
    from: [...new Set(scopes)].map((scope) => csvRecord(found.from(scope))),
    to: facts.trusted ? [csvRecord([...found.to(own), `mode=${mode}`, 'ignore-error=true'])] : [],
    env: found.env,
    reason: facts.trusted
      ? `${found.reason}; scope ${own}, mode=${mode}`
      : `${found.reason}; scope ${own}, read only: this event is not trusted to write`,
  };
}
