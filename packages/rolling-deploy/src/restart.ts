// A kept container does not restart by itself; its label says what it did when it served.
import type { RestartPolicy } from './engine.js';
import type { Container } from './engine-answers.js';
import { labelNames } from './identity.js';

export function restartOf({ labels }: Container): RestartPolicy {
  const [name, retries] = (labels.get(labelNames.restart) ?? 'no:0').split(':');
  const known = (['always', 'unless-stopped', 'on-failure'] as const).find((policy) => policy === name);
  return { name: known ?? 'no', maximumRetries: Number(retries) };
}
