// Which environment variables a workflow may hand on to Terraform: never those that change what it does or reads.

const refusals: readonly (readonly [RegExp, string])[] = [
  [/^(ACTIONS_|GITHUB_|INPUT_|STATE_|RUNNER_)/, 'tokens and inputs of this job stay here'],
  [/^TF_CLI_ARGS/, 'it would add arguments to every command'],
  [/^TF_(LOG|REATTACH)/, 'it would print secrets or replace providers'],
  [/^TF_(WORKSPACE|DATA_DIR|INPUT|IN_AUTOMATION)$/, 'this action sets it'],
  [/^TF_VAR_/, 'use the input variables or secret-variables'],
  [/^(LD_|DYLD_|NODE_OPTIONS$|BASH_ENV$|ENV$|PATH$)/, 'it would change which programs run'],
];

/** Why a variable is refused, or null. */
export function refusedVariable(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) return 'it is no name of an environment variable';
  return refusals.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
