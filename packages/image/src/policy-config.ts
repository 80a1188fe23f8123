// What the configuration and the history of an image say against the policy.
import { isSecretName } from '@headgate/kit/secret-names';
import type { LayerContent } from './layer-entry.js';
import { describesSecret, isPlaceholder } from './placeholder.js';
import type { PolicyClass } from './policy-classes.js';

/** The parts of an image configuration that are judged. Source: OCI image specification, "Image Configuration". */
export interface JudgedConfig {
  /** `config.User`; '' when it has none. */
  readonly user: string;
  /** `config.Env`: NAME=VALUE. */
  readonly env: readonly string[];
  /** `config.OnBuild` of the base image: triggers that ran in this build without standing in its Dockerfile. */
  readonly baseTriggers: readonly string[];
}

export interface ConfigMatch {
  readonly policyClass: PolicyClass;
  /** `user`, `env:NAME`, `history:NAME`, `onbuild`: for people, and for globs of the allow list. */
  readonly path: string;
  readonly what: string;
  /** Of the layer whose instruction says it; null for the configuration. */
  readonly layerIndex: number | null;
}

export function judgeConfig(
  { user, env, baseTriggers }: JudgedConfig,
  layers: readonly Pick<LayerContent, 'createdBy'>[],
): readonly ConfigMatch[] {
  return [
    ...judgeUser(user),
    ...judgeEnvironment(env),
    ...judgeTriggers(baseTriggers),
    ...judgeHistory(layers),
  ];
}

/** No USER at all is root too. Source: OCI image specification, `User`: name or number, with or without a group. */
export function isRoot(user: string): boolean {
  const name = user.trim().split(':')[0] ?? '';
  return name === '' || name === 'root' || /^[+-]?0+$/.test(name);
}

function judgeUser(user: string): readonly ConfigMatch[] {
  if (!isRoot(user)) return [];
  const what =
    user.trim() === '' ? 'it has no USER, so it runs as root' : `USER ${user.slice(0, 80)} is root`;
  return [{ policyClass: 'root-user', path: 'user', what, layerIndex: null }];
}

function judgeEnvironment(env: readonly string[]): readonly ConfigMatch[] {
  return env.flatMap((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at));
    if (!holdsSecret(name, pair.slice(at + 1))) return [];
    const what = `the environment variable ${name} holds a value`;
    return [{ policyClass: 'secrets' as const, path: `env:${name}`, what, layerIndex: null }];
  });
}

/** `NAME=value` in the instruction as the history has it: build arguments (`RUN |1 NAME=value …`), inline variables. */
function judgeHistory(layers: readonly Pick<LayerContent, 'createdBy'>[]): readonly ConfigMatch[] {
  const pairs = /(?<![\w-])([A-Za-z_]\w{0,80})=("[^"]{0,400}"|'[^']{0,400}'|[^\s"']{1,400})/g;
  return layers.flatMap(({ createdBy }, layerIndex) => {
    const names = new Set<string>();
    for (const [, name = '', value = ''] of createdBy.matchAll(pairs))
      if (name === name.toUpperCase() && holdsSecret(name, value)) names.add(name);
    return [...names].map((name) => ({
      policyClass: 'secrets' as const,
      path: `history:${name}`,
      what: `the instruction holds a value of ${name}`,
      layerIndex,
    }));
  });
}

function judgeTriggers(triggers: readonly string[]): readonly ConfigMatch[] {
  const copying = triggers.filter((trigger) => /^\s*(?:COPY|ADD)\s/i.test(trigger));
  if (copying.length === 0) return [];
  const what = `the base image copies files by ONBUILD (${triggers.length} triggers), which the Dockerfile does not show`;
  return [{ policyClass: 'sources', path: 'onbuild', what, layerIndex: null }];
}

function holdsSecret(name: string, value: string): boolean {
  return isSecretName(name) && !describesSecret(name) && !isPlaceholder(value);
}
