// The compose keys with a shape of their own: health check, restart.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import { readDuration, readList, readNumber } from './compose-values.js';
import type { RestartPolicy } from './engine.js';
import type { HealthCheck } from './service.js';

const healthKeys: readonly string[] = [
  'test',
  'interval',
  'timeout',
  'retries',
  'start_period',
  'start_interval',
  'disable',
];

/** Null when the service declares none: the image's own counts. */
export function readHealthCheck(node: Node): HealthCheck | null {
  if (node.value === undefined || node.value === null) return null;
  refuseOthers(node, healthKeys, { problem: 'is not supported yet' });
  const disabled = node.at('disable').text() === 'true';
  const startInterval = nanoseconds(node.at('start_interval'));
  return {
    test: disabled ? ['NONE'] : readTest(node.at('test')),
    interval: nanoseconds(node.at('interval')),
    timeout: nanoseconds(node.at('timeout')),
    startPeriod: nanoseconds(node.at('start_period')),
    retries: readNumber(node.at('retries'), 0),
    ...(startInterval === 0 ? {} : { startInterval }),
  };
}

function readTest(node: Node): readonly string[] {
  if (!Array.isArray(node.value)) {
    const line = node.text();
    return line === null ? [] : ['CMD-SHELL', line];
  }
  const test = readList(node);
  if (['CMD', 'CMD-SHELL', 'NONE'].includes(test[0] ?? '')) return test;
  throw node.fault(`begins with ${test[0] ?? 'nothing'}`, 'Begin the list with CMD, CMD-SHELL or NONE.');
}

function nanoseconds(node: Node): number {
  return Math.round((readDuration(node) ?? 0) * 1e6);
}

/** `unless-stopped` when absent: a service that dies at night comes back. */
export function readRestart(node: Node): RestartPolicy {
  const text = node.text() ?? 'unless-stopped';
  const [, name, retries = '0'] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,4}))?$/.exec(text) ?? [];
  const known = (['no', 'always', 'unless-stopped', 'on-failure'] as const).find((policy) => policy === name);
  if (known !== undefined) return { name: known, maximumRetries: Number(retries) };
  throw node.fault(`is ${text}`, 'Write "no", always, unless-stopped or on-failure[:N].');
}
