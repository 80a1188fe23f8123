// The inputs as the service's shape settles them: how many instances, and what a service without a port or with a gap can do.
import { InputError } from '@headgate/kit/errors';
import { hasGap } from './container-labels.js';
import type { Inputs } from './inputs.js';
import type { ServiceDefinition } from './service.js';
import type { Rolling } from './strategy.js';

type Shape = Pick<ServiceDefinition, 'service' | 'ports' | 'containerName' | 'scale'>;

/** The old one goes before the new one comes. */
const oneAtATime: Rolling = {
  kind: 'rolling',
  surge: { value: 0, unit: 'instances' },
  unavailable: { value: 1, unit: 'instances' },
  batch: null,
};

/** @throws {InputError} for what a service of this shape cannot have; nothing was touched */
export function settleInputs(inputs: Inputs, service: Shape): Inputs {
  const instances = inputs.scaled ? (service.scale ?? inputs.instances) : inputs.instances;
  const { strategy, port } = inputs;
  if (port === null && strategy.kind !== 'rolling') {
    const problem = `${strategy.kind} shares out requests, and ${service.service} has no port that gets any`;
    throw new InputError('strategy', problem, 'Use rolling, or set port when the service answers HTTP.');
  }
  if (!hasGap(service)) return { ...inputs, instances };
  if (strategy.kind !== 'rolling') {
    const problem = `${strategy.kind} needs old and new instances side by side, and ${service.service} restarts with a gap`;
    throw new InputError(
      'strategy',
      problem,
      'Use rolling, or remove ports and container_name from the service.',
    );
  }
  if (instances !== 1) {
    const problem = `${instances} were asked for, and ports or container_name of ${service.service} allow one`;
    throw new InputError(
      'instances',
      problem,
      'Write 1, or remove ports and container_name from the service.',
    );
  }
  if (port !== null && service.ports.length > 0) {
    const problem = `${service.service} binds ports of the host itself, so the proxy does not reach it`;
    throw new InputError('port', problem, 'Leave port empty, or remove ports from the service.');
  }
  return { ...inputs, instances, strategy: oneAtATime };
}
