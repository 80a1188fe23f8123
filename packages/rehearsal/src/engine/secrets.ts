// Which secrets a job sees: all at the top, only those passed by name below a call.
import type { EnvironmentSettings } from '../repository-settings.js';

export interface SecretScope {
  readonly values: Readonly<Record<string, string>>;
  /** At the top (or below `inherit`) an environment adds names; below a call it only replaces passed ones. */
  readonly open: boolean;
}

/** Secrets of a called workflow. An empty value counts as not passed: the name is then absent. */
export function passedSecrets(values: Readonly<Record<string, string>>): SecretScope {
  const present = Object.entries(values).filter(([, value]) => value !== '');
  return { values: Object.fromEntries(present), open: false };
}

/**
 * What a job with an environment sees.
 * Source: actions/runner#1490 (environment secrets of a callee's job win, only for names passed by the caller).
 */
export function withEnvironment(
  scope: SecretScope,
  environment: EnvironmentSettings | null,
): Record<string, string> {
  const result: Record<string, string> = { ...scope.values };
  for (const [name, value] of Object.entries(environment?.secrets ?? {})) {
    const passed = Object.keys(result).find((key) => key.toLowerCase() === name.toLowerCase());
    if (passed !== undefined) result[passed] = value;
    else if (scope.open) result[name] = value;
  }
  return result;
}
