// What a proxy has to know of a target before its first deployment: how many places, and how an instance is asked.
import { type ProxiedService, slotsFor, type Variant } from '@headgate/kit/haproxy-section';
import { parseDuration } from '@headgate/kit/quantities';
import type { TargetConfiguration, Value } from './schema.js';

export type ProxiedTarget = Omit<ProxiedService, 'backend' | 'listen'>;

/** For a number that stands in the compose file. */
const slotsUnlessSaid = 16;

/** Checked as often as a deployment asks, within what a proxy can do and customers can bear. */
export function proxiedTarget({ instances, health }: TargetConfiguration): ProxiedTarget {
  return {
    slots: instances === undefined ? slotsUnlessSaid : slotsFor(instances),
    healthPath: health.path,
    checkInterval: Math.min(2000, Math.max(100, parseDuration(health.interval) ?? 1000)),
  };
}

/**
 * What a strategy tells A and B apart by; null for every other strategy.
 * @param mapAt the absolute path of the map that is written so in headgate.yml; null: the proxy has none
 */
export function variantOf(
  strategy: TargetConfiguration['strategy'],
  mapAt: (written: Value | undefined) => string | null,
): Variant | null {
  if (strategy?.type !== 'ab') return null;
  const map = mapAt(strategy.map);
  if (map === null) return null;
  const { header, cookie } = strategy;
  if (header !== undefined) return { by: 'header', name: header, map };
  return cookie === undefined ? null : { by: 'cookie', name: cookie, map };
}
