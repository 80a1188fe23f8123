// Ids of machine images as Terraform takes them: one map, by builder and region.
import type { MachineImagePart } from './record-parts.js';

/** Builder → region → id; a builder without regions has the key `default`. */
export function machineImageIds(
  images: readonly Pick<MachineImagePart, 'builder' | 'region' | 'id'>[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const builders = new Map<string, Record<string, string>>();
  for (const { builder, region, id } of images) {
    builders.set(builder, { ...builders.get(builder), [region || 'default']: id });
  }
  return Object.fromEntries(builders);
}
