// The real outside world, loaded once the inputs are good.
import { systemClock } from './clock.js';
import { readContext } from './context.js';
import type { Deps } from './deps.js';
import { connectGitHub } from './github.js';
import { createHttp } from './http.js';
import { runCommand, startCommand } from './process.js';

/** The real deps, for an action or for a post step. */
export function createRealDeps(given: Pick<Deps, 'core' | 'signal' | 'temporary'>): Deps {
  const { env } = process;
  const context = readContext(env);
  const http = createHttp(env);
  const options = { apiUrl: context.apiUrl, repository: context.repository, http, signal: given.signal };
  return {
    ...given,
    clock: systemClock,
    random: Math.random,
    context,
    env,
    http,
    run: runCommand,
    start: startCommand,
    connectGitHub: (token) => connectGitHub(token, options),
  };
}
