// The environment a job names, and whether its branch may deploy there.
import type { EnvironmentSettings, GitHubHost, RunState } from '../model.js';
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
  const candidates = [shortReference(ref), ref];
  const allowed =
    settings.branches.length === 0 || candidates.some((each) => matchesPatterns(settings.branches, each));
  if (allowed) return settings;
  throw problem(
    'startup-failure',
    `Branch "${candidates[0]}" is not allowed to deploy to ${name} due to environment protection rules.`,
    `Add the branch to the rules of the environment, or deploy from: ${settings.branches.join(', ')}.`,
  );
}
