// The environment that a run deploys to, if any.
import { failure } from './failures.js';
import type { ReadConfiguration } from './read.js';
import type { References } from './references.js';
import type { Route } from './route.js';
import type { EnvironmentConfiguration } from './schema.js';

export interface ChosenEnvironment {
  readonly name: string;
  readonly url: string | null;
  readonly block: EnvironmentConfiguration;
}

/** @throws {ActionError} `invalid-url` */
export function environmentOf(
  route: Route,
  read: ReadConfiguration,
  references: References,
): ChosenEnvironment | null {
  const environments = Object.entries(read.configuration.environments);
  const found = environments.find(([name, { branch }]) =>
    route.restores === null ? branch === route.deploys : name === route.restores,
  );
  if (found === undefined) return null;
  const [name, block] = found;
  const url = block.url === undefined ? null : references.resolve(block.url, ['environments', name, 'url']);
  return { name, url: checkedUrl(name, url), block };
}

/** It ends up in outputs, summaries and deployment statuses. */
function checkedUrl(environment: string, url: string | null): string | null {
  if (url === null || url === '') return null;
  if (/^https?:\/\/[^\s]+$/.test(url)) return url;
  const message = `environments.${environment}.url: an http or https address was expected, ${JSON.stringify(url)} was found`;
  throw failure('invalid-url', message, 'Correct the value, or the variable that it names.');
}
