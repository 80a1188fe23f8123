// Image ids on their way into Terraform: one map variable, by builder and region.
import type { MachineImagePart } from '@headgate/kit/record';

/** The text of an `.auto.tfvars.json`; builders without a region use the key `default`. */
export function tfvarsText(variable: string, images: readonly MachineImagePart[]): string {
  const builders = new Map<string, Record<string, string>>();
  for (const { builder, region, id } of images) {
    const regions = builders.get(builder) ?? {};
    builders.set(builder, { ...regions, [region || 'default']: id });
  }
  return `${JSON.stringify({ [variable]: Object.fromEntries(builders) }, null, 2)}\n`;
}
