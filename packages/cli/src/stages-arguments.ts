// The command line of `headgate stages`.
import { parseOptions, text, texts } from './command-line.js';
import type { HelpOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

export interface StagesOrder {
  readonly command: 'stages';
  /** A Dockerfile, or the folder of one. */
  readonly file: string;
  readonly target: string | null;
  /** Null: the value of the environment, as `docker build` takes it. */
  readonly buildArgs: ReadonlyMap<string, string | null>;
  readonly platform: string | null;
  readonly json: string | null;
  readonly mermaid: boolean;
}

const options = {
  target: { type: 'string' },
  'build-arg': { type: 'string', multiple: true },
  platform: { type: 'string' },
  json: { type: 'string' },
  mermaid: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
export function readStages(args: readonly string[]): StagesOrder | HelpOrder {
  const { values, positionals } = parseOptions('stages', options, args);
  if (values['help'] === true) return { command: 'help', about: 'stages' };
  const [file = 'Dockerfile', second] = positionals;
  if (second !== undefined)
    throw new UsageError(`one Dockerfile was expected, a second one is ${second}`, 'Name one Dockerfile.');
  return {
    command: 'stages',
    file,
    target: text(values['target']),
    buildArgs: new Map(texts(values['build-arg']).map(readBuildArg)),
    platform: text(values['platform']),
    json: text(values['json']),
    mermaid: values['mermaid'] === true,
  };
}

function readBuildArg(pair: string): readonly [string, string | null] {
  const at = pair.indexOf('=');
  if (pair === '' || at === 0) {
    throw new UsageError(
      `--build-arg takes NAME=VALUE, ${JSON.stringify(pair)} was given`,
      'Write for example --build-arg VERSION=24.',
    );
  }
  return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1)];
}
