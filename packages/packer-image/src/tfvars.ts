// Image ids on their way into Terraform: one map variable, by builder and region.
import { machineImageIds } from '@headgate/kit/machine-images';
import type { MachineImagePart } from '@headgate/kit/record-parts';

/** The text of an `.auto.tfvars.json`; builders without a region use the key `default`. */
export function tfvarsText(variable: string, images: readonly MachineImagePart[]): string {
  return `${JSON.stringify({ [variable]: machineImageIds(images) }, null, 2)}\n`;
}
