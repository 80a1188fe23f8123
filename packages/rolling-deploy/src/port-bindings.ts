// Ports of the host that lead into a container, as the Engine API takes them; pure.
import type { FixedPort, ServiceDefinition } from './service.js';

/** The port of the host that leads to the container. */
export interface Binding {
  readonly containerPort: number;
  readonly address: string;
  readonly port: number;
}

/** A port of its own, not one the engine picks at each start: a restart by the engine must not lead anybody astray. */
export function bindingsOf(
  binding: Binding | null,
  fixed: readonly FixedPort[],
): Readonly<Record<string, unknown>> {
  const own = binding === null ? [] : [ownPort(binding)];
  const bindings = new Map<string, { HostIp: string; HostPort: string }[]>();
  for (const { address, published, target, protocol } of [...own, ...fixed]) {
    const key = `${target}/${protocol}`;
    bindings.set(key, [...(bindings.get(key) ?? []), { HostIp: address, HostPort: String(published) }]);
  }
  return Object.fromEntries(bindings);
}

function ownPort({ containerPort, address, port }: Binding): FixedPort {
  return { address, published: port, target: containerPort, protocol: 'tcp' };
}

/** `ExposedPorts`: whatever is bound or named. */
export function exposedBy(
  { expose, ports }: Pick<ServiceDefinition, 'expose' | 'ports'>,
  binding: Binding | null,
): Readonly<Record<string, object>> {
  const own = binding === null ? [] : [binding.containerPort];
  const named = [...own, ...expose].map((port) => `${port}/tcp`);
  const bound = ports.map(({ target, protocol }) => `${target}/${protocol}`);
  return Object.fromEntries([...new Set([...named, ...bound])].map((port) => [port, {}]));
}
