// The strategy with all that it needs from other inputs: a token for its Prometheus, people for its pauses.
import { requireSecret, type SecretMap } from '@headgate/kit/secrets';
import { type Approvers, readApprovers } from './approvers.js';
import type { Reader } from './input-forms.js';
import { parseStrategy, type Strategy } from './strategy.js';

export interface StrategyInputs {
  readonly strategy: Strategy;
  readonly approvers: Approvers;
}

/** @throws {InputError} naming the input */
export function readStrategy(reader: Reader): StrategyInputs {
  const strategy = parseStrategy(reader.yaml('strategy'));
  return { strategy, approvers: readApprovers(reader, strategy) };
}

/** '' for none. @throws {ActionError} `secrets-missing` */
export function prometheusToken(strategy: Strategy, secrets: SecretMap): string {
  const name = 'analysis' in strategy ? (strategy.analysis.prometheus?.token ?? '') : '';
  return name === '' ? '' : requireSecret(secrets, 'environment', name, 'deploy-secrets');
}
