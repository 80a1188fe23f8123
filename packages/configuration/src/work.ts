// Whether an application has anything that a route could work on.
import type { Work } from './route.js';
import type { Configuration } from './schema.js';

/** A route without images needs machine images at least: what is deployed is what was built and recorded. */
export function hasWork(work: Work, configuration: Configuration): boolean {
  if (Object.keys(configuration.images).length > 0) return true;
  const mayUse = work.machineImages || work.evidence !== 'none';
  return mayUse && Object.keys(configuration['machine-images']).length > 0;
}
