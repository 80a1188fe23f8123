// The cache of this build: the preset turned into options by what the event, the builder and the Dockerfile are.
import type { Context } from '@headgate/kit/context';
import type { Deps } from '@headgate/kit/deps';
import type { BuildOptions } from './build-options.js';
import type { Builder } from './builder.js';
import { serviceVariables } from './cache-backend.js';
import { type CacheFacts, planCache } from './cache-preset.js';
import type { Inputs } from './inputs.js';
import { stagesOf } from './stages.js';

/** The options with their cache; says in the log what was chosen and why. */
export function withCache(
  inputs: Inputs,
  { builder, dockerfile }: { readonly builder: Builder; readonly dockerfile: string },
  { context, core, env, clock }: Pick<Deps, 'context' | 'core' | 'env' | 'clock'>,
): BuildOptions {
  const { options, cache, image, leg, target, platforms, publish } = inputs;
  if (cache.kind === 'off') return { ...options, cacheEnv: givenToActionsCache(options, env) };
  const plan = planCache(cache, {
    image: image?.name ?? null,
    leg,
    target,
    platforms,
    publish,
    stages: stagesOf(dockerfile)?.length ?? 2,
    // The docker driver was refused unless the engine keeps images in containerd.
    builder: { ...builder, containerd: true },
    env,
    now: clock.now(),
    ...branchesOf(context),
  });
  core.info(`Cache: ${plan.reason}.`);
  return { ...options, cacheFrom: plan.from, cacheTo: plan.to, cacheEnv: plan.env };
}

/** A cache that is spelled out needs the same variables, which no other child of a step is given. */
function givenToActionsCache({ cacheFrom, cacheTo }: BuildOptions, env: Deps['env']): Record<string, string> {
  const isAsked = [...cacheFrom, ...cacheTo].some((value) => /(?:^|,)"?type=gha"?(?:,|$)/.test(value));
  const names = isAsked ? serviceVariables : [];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** What of the event decides the scope, and whether it may leave anything behind. */
export function branchesOf({
  event,
  eventName,
  ref,
  repository,
}: Pick<Context, 'event' | 'eventName' | 'ref' | 'repository'>): Pick<
  CacheFacts,
  'branch' | 'baseBranch' | 'trusted'
> {
  const pull = objectIn(event, 'pull_request');
  const main = textIn(objectIn(event, 'repository'), 'default_branch');
  if (pull === null) {
    const branch = ref.replace(/^refs\/(?:heads|tags)\//, '') || 'detached';
    return { branch, baseBranch: main === branch ? null : main, trusted: true };
  }
  const head = textIn(objectIn(objectIn(pull, 'head'), 'repo'), 'full_name');
  const number = pull['number'];
  return {
    branch: `pr-${typeof number === 'number' ? number : 0}`,
    baseBranch: textIn(objectIn(pull, 'base'), 'ref') ?? main,
    trusted: head === repository.fullName && eventName !== 'pull_request_target',
  };
}

function objectIn(value: unknown, key: string): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null) return null;
  const inner: unknown = Reflect.get(value, key);
  return typeof inner === 'object' && inner !== null ? { ...inner } : null;
}

function textIn(value: Readonly<Record<string, unknown>> | null, key: string): string | null {
  const text = value?.[key];
  return typeof text === 'string' && text !== '' ? text : null;
}
