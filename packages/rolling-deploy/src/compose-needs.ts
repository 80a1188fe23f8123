// `depends_on` of a service: what it waits for before it starts.
import type { Node } from './compose-document.js';
import { readList } from './compose-values.js';

export interface Need {
  readonly service: string;
  readonly until: 'started' | 'healthy' | 'ended';
  /** False: it may be missing. */
  readonly required: boolean;
}

const conditions: Readonly<Record<string, Need['until']>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'ended',
};

/** A list of services, or a map from a service to its condition. @throws {DeployError} invalid-compose */
export function needsOf(node: Node): readonly Need[] {
  if (Array.isArray(node.value))
    return readList(node).map((service) => ({ service, until: 'started', required: true }));
  return node.children().map((item) => {
    const condition = item.at('condition').text() ?? 'service_started';
    const until = conditions[condition];
    if (until !== undefined)
      return { service: item.key, until, required: item.at('required').text() !== 'false' };
    throw item.fault(
      `has the condition ${condition}`,
      `Write one of: ${Object.keys(conditions).join(', ')}.`,
    );
  });
}
