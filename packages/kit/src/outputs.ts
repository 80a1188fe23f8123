// Outputs of an action: only declared names, only text, and nothing that could break the runner's file format.
import type { Core } from './deps.js';
import { ActionError } from './errors.js';

/** Outputs every action has. */
export const commonOutputNames: readonly string[] = ['entry-file', 'result'];

type Outputs = Readonly<Record<string, string>>;

/** GitHub takes 1 MiB a job, counted in UTF-16 units of two bytes. */
const maxLength = 512 * 1024;

/**
 * Sets `outputs`; each name must be in `names`. Sets none when one cannot be set.
 * @throws as `checkOutputs` does.
 */
export function writeOutputs(
  core: Pick<Core, 'setOutput'>,
  names: readonly string[],
  outputs: Outputs,
): void {
  checkOutputs(names, outputs);
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** @throws {ActionError} `output-too-large` for a value GitHub would refuse; an Error for an undeclared name. */
export function checkOutputs(names: readonly string[], outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (!names.includes(name))
      throw new Error(`the output ${JSON.stringify(name)} is not declared by this action`);
    if (value.length <= maxLength) continue;
    throw new ActionError({
      code: 'output-too-large',
      message: `${name}: at most ${maxLength} characters were expected, ${value.length} were found`,
      hint: 'Read the value from the entry file instead.',
    });
  }
}
