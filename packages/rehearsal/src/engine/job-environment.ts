// The environment a job names, and whether its branch may deploy there.
import type { GitHubHost, RunState } from '../model.js';
import type { EnvironmentSettings } from '../repository-settings.js';
import type { Scope } from './expression.js';
import { shortReference } from './github-context.js';
import { matchesPatterns } from './pattern.js';
import { problem } from './problem.js';
import { childOf, evaluateText, type Template } from './template.js';

/** The evaluated name, `null` without one. */
export function environmentName(template: Template | null, scope: Scope): string | null {
  const name = template?.kind === 'mapping' ? childOf(template, 'name') : template;
  return evaluateText(name, scope) || null;
}

/** The address to show, still to be evaluated when the job ends. */
export function environmentUrl(template: Template | null): Template | null {
  return template?.kind === 'mapping' ? childOf(template, 'url') : null;
}

/** Whether a job with this environment leaves a deployment by itself. Source: docs.github.com, "Workflow syntax", `environment.deployment`. */
export function leavesDeployment(template: Template | null, scope: Scope): boolean {
  return template?.kind !== 'mapping' || evaluateText(childOf(template, 'deployment'), scope) !== 'false';
}

/**
 * A tag is held against tag rules alone: one that is named like a branch does not pass for it. A pull request is
 * known by its merge reference.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#deployment-branches-and-tags
 */
function mayDeploy(ref: string, { branches, tags = [] }: EnvironmentSettings): boolean {
  if (branches.length === 0 && tags.length === 0) return true;
  if (ref.startsWith('refs/tags/')) return matchesPatterns(tags, shortReference(ref));
  if (!ref.startsWith('refs/heads/')) return matchesPatterns(branches, ref);
  // A branch may call itself `refs/pull/1/merge`; whether GitHub is taken in by that is not known, so it is refused.
  const named = branches.filter((pattern) => !pattern.startsWith('refs/'));
  return matchesPatterns(named, shortReference(ref)) || matchesPatterns(branches, ref);
}

/**
 * Settings of an environment. One that does not exist is created by GitHub without any protection: `null` here.
 * Throws `startup-failure` when the branch may not deploy to it.
 * Source: docs.github.com, "Deployments and environments": rules match the executing reference.
 */
export function environmentSettings(
  name: string | null,
  run: RunState,
  host: GitHubHost,
): EnvironmentSettings | null {
  const settings = name === null ? undefined : host.repository(run.repository).environments[name];
  if (settings === undefined) return null;
  const { ref } = run.event;
  if (mayDeploy(ref, settings)) return settings;
  const kind = ref.startsWith('refs/tags/') ? 'Tag' : 'Branch';
  throw problem(
    'startup-failure',
    `${kind} "${shortReference(ref)}" is not allowed to deploy to ${name} due to environment protection rules.`,
    `Add the branch to the rules of the environment, or deploy from: ${settings.branches.join(', ')}.`,
  );
}
