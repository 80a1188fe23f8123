// `headgate rehearse` as an order. Pure.

import { oneDirectory, parseOptions, text, texts } from './command-line.js';
import type { HelpOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

export interface RehearseOrder {
  readonly command: 'rehearse';
  readonly directory: string;
  /** None: the built-in one. */
  readonly stories: readonly string[];
  /** How many of several stories are played at a time. */
  readonly jobs: number;
  readonly json: string | null;
  /** File for the report as a page. */
  readonly html: string | null;
  readonly keep: boolean;
  readonly yes: boolean;
  readonly variables: ReadonlyMap<string, string>;
  readonly actions: string | null;
  /** A failed step waits to be tried again. */
  readonly pauseOnFailure: boolean;
  /** The job to start at, with what the last rehearsal did before it; null: from the beginning. */
  readonly from: string | null;
}

const options = {
  story: { type: 'string', multiple: true },
  jobs: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  keep: { type: 'boolean' },
  yes: { type: 'boolean' },
  var: { type: 'string', multiple: true },
  actions: { type: 'string' },
  'pause-on-failure': { type: 'boolean' },
  from: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
export function readRehearse(args: readonly string[]): RehearseOrder | HelpOrder {
  const { values, positionals } = parseOptions('rehearse', options, args);
  if (values['help'] === true) return { command: 'help', about: 'rehearse' };
  const stories = Array.isArray(values['story']) ? values['story'].map(String) : [];
  const alone = (['json', 'html', 'from', 'pause-on-failure'] as const).find(
    (name) => values[name] !== undefined,
  );
  if (stories.length > 1 && alone !== undefined) {
    throw new UsageError(
      `--${alone} is about one story, ${stories.length} are to be played`,
      'Play that story alone.',
    );
  }
  return {
    command: 'rehearse',
    directory: oneDirectory(positionals),
    stories,
    jobs: readJobs(text(values['jobs'])),
    json: text(values['json']),
    html: text(values['html']),
    keep: values['keep'] === true,
    yes: values['yes'] === true,
    variables: readVariables(texts(values['var'])),
    actions: text(values['actions']),
    pauseOnFailure: values['pause-on-failure'] === true,
    from: text(values['from']),
  };
}

/** More than these would only wait for one another. */
const mostJobs = 16;

function readJobs(value: string | null): number {
  const jobs = value === null ? 1 : /^[1-9][0-9]?$/.test(value) ? Number(value) : 0;
  if (jobs >= 1 && jobs <= mostJobs) return jobs;
  throw new UsageError(
    `--jobs takes a number from 1 to ${mostJobs}, ${JSON.stringify(value)} was given`,
    'Write for example --jobs 2.',
  );
}

function readVariables(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(
          `--var takes NAME=VALUE, ${JSON.stringify(pair)} was given`,
          'Write for example --var NODE_IMAGE=node:24.',
        );
      }
      return [name, value];
    }),
  );
}
