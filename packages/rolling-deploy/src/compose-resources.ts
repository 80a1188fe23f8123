// How much of the host a service may take: the short keys, or those of `deploy.resources`.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import { readBytes, readNumber } from './compose-values.js';

export interface Resources {
  /** Bytes; 0: no limit. */
  readonly memory: number;
  /** Billionths of a processor; 0: no limit. */
  readonly nanoCpus: number;
}

/** @throws {DeployError} invalid-compose for two limits that differ */
export function readResources(service: Node): Resources {
  const limits = service.at('deploy').at('resources').at('limits');
  const cpus = (node: Node): number => Math.round(readNumber(node, 0) * 1e9);
  return {
    memory: oneOf(service.at('mem_limit'), limits.at('memory'), readBytes),
    nanoCpus: oneOf(service.at('cpus'), limits.at('cpus'), cpus),
  };
}

function oneOf(short: Node, long: Node, read: (node: Node) => number): number {
  const [one, other] = [read(short), read(long)];
  if (one === 0 || other === 0 || one === other) return one || other;
  throw short.fault(`differs from ${long.path.slice(2).join('.')}`, 'Write one of the two.');
}

/**
 * Of `deploy`, the number of replicas and limits are what Compose itself acts upon; the rest is for orchestrators, or said
 * elsewhere. @throws {DeployError} unsupported-compose
 */
export function refuseDeploy(node: Node): void {
  const hint =
    'Remove it: replicas and resources.limits (cpus, memory) are taken, and the strategy is an input.';
  const resources = node.at('resources');
  refuseOthers(node, ['replicas', 'resources'], { hint });
  refuseOthers(resources, ['limits'], { hint });
  refuseOthers(resources.at('limits'), ['cpus', 'memory'], { hint });
}
