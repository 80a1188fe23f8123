// The command line of `headgate verify`. Pure.
import { parseOptions, text } from './command-line.js';
import type { HelpOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

export interface VerifyOrder {
  readonly command: 'verify';
  /** With its digest. */
  readonly image: string;
  /** File with public keys. */
  readonly key: string;
}

const verifyOptions = { key: { type: 'string' }, help: { type: 'boolean' } } as const;

/** @throws {UsageError} */
export function readVerify(args: readonly string[]): VerifyOrder | HelpOrder {
  const { values, positionals } = parseOptions('verify', verifyOptions, args);
  if (values['help'] === true) return { command: 'help', about: 'verify' };
  const [image, second] = positionals;
  const key = text(values['key']);
  if (image !== undefined && second === undefined && key !== null) return { command: 'verify', image, key };
  throw new UsageError(
    'one image and --key were expected',
    'Write: headgate verify HOST/NAME@sha256:… --key FILE',
  );
}
