// A service that nobody reaches by a port, as a Target: containers are instances, and there is no router. Whatever runs
// does its part of the work, and a stop signal is how it hears that it shall finish.
import type { DockerTargetOptions } from './docker-host.js';
import { createDockerTarget, observationOf } from './docker-target.js';
import type { Engine } from './engine.js';
import { DeployError } from './errors.js';
import type { ProxyControl } from './proxy.js';
import { type Answer, type Instance, noTraffic, type Target, type World } from './target.js';

export type WorkerTargetOptions = Omit<DockerTargetOptions, 'proxy' | 'healthPath'>;

/** Health is the engine's own check alone. */
const unasked: Answer = { ok: true, listens: true, detail: 'it has no port to be asked on' };

export function createWorkerTarget(options: WorkerTargetOptions): Target {
  const { engine, identity, transport } = options;
  const host = createDockerTarget({ ...options, proxy: noProxy, healthPath: '/' });
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    ...host,
    description: `${identity.service} on ${transport.host} without a port, engine API ${engine.apiVersion}`,
    read: async () => workingWorld(await host.read()),
    observe: async ({ id }) => observationOf(await engine.inspect(id), unasked),
    answers: (instance) => answers(instance, engine),
    admit: nothing,
    join: nothing,
    split: ({ percent }) => (percent === 0 || percent === 100 ? nothing() : Promise.reject(noShares())),
    drain: nothing,
    dismiss: nothing,
    counters: () => Promise.resolve(noTraffic),
  };
}

/** Whatever runs counts as in traffic. */
export function workingWorld({ instances, notices }: World): World {
  const working = (instance: Instance): Instance => {
    return { ...instance, traffic: instance.running ? 'in' : 'out' };
  };
  return { notices, instances: instances.map(working) };
}

async function answers({ id }: Instance, engine: Pick<Engine, 'inspect'>): Promise<Answer> {
  const container = await engine.inspect(id);
  const fit = container?.running === true && container.health !== 'unhealthy';
  return fit
    ? unasked
    : { ...unasked, ok: false, detail: container?.running === true ? 'unhealthy' : 'not running' };
}

/** Nobody to be asked: no slots at all. */
export const noProxy: ProxyControl = {
  slots: () => Promise.resolve([]),
  stats: () => Promise.resolve([]),
  point: () => Promise.reject(noShares()),
  setState: () => Promise.reject(noShares()),
  change: () => Promise.reject(noShares()),
  route: () => Promise.reject(noShares()),
  taken: () => Promise.reject(noShares()),
  keep: () => Promise.resolve(),
  keepsAddresses: () => Promise.resolve(),
};

/** Never seen by people: the inputs are judged before. */
function noShares(): DeployError {
  return new DeployError({
    code: 'proxy-refused',
    message: 'a service without a port has no requests to share out',
    hint: 'Use the strategy rolling.',
  });
}
