// The inputs that hand on to the tool what it does not see otherwise: variables of the environment, backend attributes.
import { InputError } from '@headgate/kit/errors';
import { refusedVariable } from './child-variables.js';
import type { Reader } from './input-forms.js';

export function readBackendConfig(reader: Reader): ReadonlyMap<string, string> {
  const values = reader.keyValues('backend-config');
  for (const name of values.keys()) {
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) continue;
    throw new InputError(
      'backend-config',
      `${JSON.stringify(name)} is no attribute name`,
      'Write one NAME=VALUE a line.',
    );
  }
  return values;
}

export function readSecretEnvironment(reader: Reader): ReadonlyMap<string, string> {
  const values = reader.keyValues('secret-environment');
  environmentNames('secret-environment', [...values.keys()]);
  return values;
}

export function environmentNames(input: string, names: readonly string[]): readonly string[] {
  for (const name of names) {
    const why = refusedVariable(name);
    if (why !== null)
      throw new InputError(input, `${JSON.stringify(name)} is not passed on: ${why}`, `Remove ${name}.`);
  }
  return names;
}
