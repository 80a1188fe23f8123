// The machine images of the delivery record as a variable of the configuration.
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { machineImageIds } from '@headgate/kit/machine-images';
import type { Reader } from './input-forms.js';
import type { Inputs } from './inputs.js';
import { checkName } from './variables.js';

const input = 'machine-images-variable';

/** @throws {InputError} when there is no record to take the images from, or the name is none. */
export function readMachineImagesVariable(reader: Reader, mode: 'plan' | 'apply'): string {
  const name = reader.text(input);
  if (name === '') return '';
  checkName(name, input);
  if (mode === 'plan' && reader.text('record-digest') === '') {
    const hint = 'Set record-artifact-id and record-digest, or leave machine-images-variable empty.';
    throw new InputError(input, 'it was given without a record that names machine images', hint);
  }
  return name;
}

/**
 * The inputs with the record's machine images among the variables.
 * @throws {ActionError} when the record cannot be read or has another digest.
 */
export async function withMachineImages(inputs: Inputs, { connectGitHub }: Deps): Promise<Inputs> {
  const { machineImagesVariable: name, plan, variables } = inputs;
  if (name === '') return inputs;
  // On demand: inputs are read before anything is loaded, and only few steps need a record.
  const { fetchRecord } = await import('@headgate/kit/artifacts');
  const github = await connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, plan.recordArtifactId, plan.recordDigest);
  const plain = { ...variables.plain, [name]: machineImageIds(record.machineImages) };
  return { ...inputs, variables: { ...variables, plain } };
}
