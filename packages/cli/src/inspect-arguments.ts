// The command line of `headgate inspect`. Pure.
import { parseOptions, text } from './command-line.js';
import type { HelpOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

export interface InspectOrder {
  readonly command: 'inspect';
  /** A folder, a file or the name of an image. */
  readonly image: string;
  /** Only this one; null: all. */
  readonly platform: string | null;
  /** The Dockerfile that it was built from, or the folder of one; null: lines are not told. */
  readonly file: string | null;
  /** The stage that was built; null: the last one. */
  readonly target: string | null;
  /** The image that it was built on; null: what the Dockerfile did not make, where there is one. */
  readonly base: string | null;
  /** Findings that are errors end it with 1. */
  readonly check: boolean;
  readonly json: string | null;
}

const inspectOptions = {
  platform: { type: 'string' },
  file: { type: 'string' },
  target: { type: 'string' },
  base: { type: 'string' },
  check: { type: 'boolean' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
export function readInspect(args: readonly string[]): InspectOrder | HelpOrder {
  const { values, positionals } = parseOptions('inspect', inspectOptions, args);
  if (values['help'] === true) return { command: 'help', about: 'inspect' };
  const [image, second] = positionals;
  if (image === undefined || second !== undefined) {
    throw new UsageError(
      `one image was expected, ${positionals.length} are named`,
      'Write: headgate inspect IMAGE|LAYOUT|ARCHIVE',
    );
  }
  const [file, target] = [text(values['file']), text(values['target'])];
  if (target !== null && file === null)
    throw new UsageError('--target names a stage of no file', 'Name the Dockerfile with --file.');
  return {
    command: 'inspect',
    image,
    platform: text(values['platform']),
    file,
    target,
    base: text(values['base']),
    check: values['check'] === true,
    json: text(values['json']),
  };
}
