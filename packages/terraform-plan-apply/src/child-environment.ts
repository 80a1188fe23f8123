// The environment that the tool runs in: what was named, secrets, and what this action sets.
import type { Deps } from '@headgate/kit/deps';
import { requireSecret } from '@headgate/kit/secrets';
import type { Inputs } from './inputs.js';
import { secretVariables } from './variables.js';

/** @throws {ActionError} `secrets-missing` */
export function childEnvironmentOf(inputs: Inputs, deps: Deps): Record<string, string> {
  const passed = inputs.passEnvironment.flatMap((name) => {
    const value = deps.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const secret = [...inputs.secretEnvironment].map(
    ([name, member]) =>
      [name, requireSecret(inputs.deploySecrets, 'environment', member, 'deploy-secrets')] as const,
  );
  return {
    ...Object.fromEntries([...passed, ...secret]),
    ...secretVariables(inputs.variables, inputs.deploySecrets),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    ...(inputs.workspace === 'default' ? {} : { TF_WORKSPACE: inputs.workspace }),
  };
}
