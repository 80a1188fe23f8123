// The secret values known so far: masked on the runner, and taken out of every text that this action writes.
import type { Core } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';

export interface KnownSecrets {
  /** Adds values found in a plan. */
  add(values: readonly string[]): void;
  redact(text: string): string;
}

/** The runner refuses nothing, but a mask on a short text would blank other output. */
const maskLength = 8;
/** Looking for more in each line of a log takes longer than the log is worth. */
const searchLimit = 2000;

/**
 * `publicTexts` are shown anyway (names of environment, directory and workspace): a value that occurs in one of
 * them is no secret, and masking it would take outputs away.
 */
export function createKnownSecrets(
  core: Pick<Core, 'setSecret'>,
  { initial, publicTexts }: { readonly initial: readonly string[]; readonly publicTexts: readonly string[] },
): KnownSecrets {
  const known = new Set(initial);
  let redactor = createRedactor([...known]);
  return {
    add(values) {
      for (const value of values) {
        if (known.has(value) || publicTexts.some((text) => text.includes(value))) continue;
        known.add(value);
        if (value.length >= maskLength) core.setSecret(value);
      }
      redactor = createRedactor([...known]);
    },
    redact: (text) =>
      known.size > searchLimit ? '(not shown: too many sensitive values)' : redactor.redact(text),
  };
}
