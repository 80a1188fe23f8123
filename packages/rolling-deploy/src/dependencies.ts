// `depends_on` of a service that is deployed by itself: waited for, as whoever made them left them; never started.
import type { Clock } from '@headgate/kit/clock';
import type { Need } from './compose-needs.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import type { ServiceDefinition } from './service.js';

export interface DependencyDeps {
  readonly engine: Pick<Engine, 'list'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds for all of them. */
  readonly deadlineMs: number;
}

const intervalMs = 500;

/** @throws {DeployError} dependency-missing */
export async function waitForNeeds(
  { project, service, needs }: Pick<ServiceDefinition, 'project' | 'service' | 'needs'>,
  { engine, clock, signal, deadlineMs }: DependencyDeps,
): Promise<void> {
  const began = clock.now();
  for (const need of needs) {
    const labels = { 'com.docker.compose.project': project, 'com.docker.compose.service': need.service };
    for (;;) {
      const found = (await engine.list(labels)).filter(isInstance);
      if (found.length === 0 && !need.required) break;
      const why = unmet(need, found);
      if (why === null) break;
      const hopeless = found.length === 0 || clock.now() - began >= deadlineMs;
      if (hopeless) throw missing(service, need, why);
      await clock.sleep(intervalMs, signal);
    }
  }
}

function isInstance({ labels }: Container): boolean {
  return labels.get('com.docker.compose.oneoff') !== 'True';
}

/** Why the need is not met; null when it is. One container of several will do. */
export function unmet({ until }: Need, containers: readonly Container[]): string | null {
  if (containers.length === 0) return 'the host has no container of it';
  const running = containers.filter((container) => container.running);
  if (until === 'ended') {
    if (containers.some(({ running: runs, exitCode }) => !runs && exitCode === 0)) return null;
    return running.length > 0 ? 'it has not ended yet' : `it ended with code ${containers[0]?.exitCode}`;
  }
  if (running.length === 0) return 'it does not run';
  const fit = until === 'started' || running.some(({ health }) => health === 'healthy' || health === 'none');
  return fit ? null : `its health check says ${running[0]?.health}`;
}

function missing(service: string, need: Need, why: string): DeployError {
  return new DeployError({
    code: 'dependency-missing',
    message: `${service} depends on ${need.service}, and ${why}`,
    hint: `Start ${need.service} on the host first: deploy it, or run docker compose up --detach ${need.service} there.`,
  });
}
