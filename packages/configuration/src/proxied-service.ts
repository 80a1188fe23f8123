// What a proxy has to know of a target before its first deployment: how many places, and how an instance is asked.
import { type ProxiedService, slotsFor } from '@headgate/kit/haproxy-section';
import { parseDuration } from '@headgate/kit/quantities';
import type { TargetConfiguration } from './schema.js';

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
