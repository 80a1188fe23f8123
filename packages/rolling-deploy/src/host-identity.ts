// What the inputs call a service on its host: its identity there, and the proxy's backend.
import type { Deps } from '@headgate/kit/deps';
import type { Identity } from './identity.js';
import type { Inputs } from './inputs.js';

const defaultProxySocket = '/run/haproxy/admin.sock';

export function identityOf(inputs: Inputs, { context }: Deps): Identity {
  return {
    application: inputs.application || context.repository.name,
    environment: inputs.environment,
    target: inputs.target,
    service: inputs.service,
    proxy: inputs.port === null ? workerPlace(inputs) : `${inputs.proxySocket}#${backendOf(inputs)}`,
  };
}

/** A worker stands behind no proxy; one that is named all the same tells its host apart from others on the engine. */
function workerPlace({ proxySocket }: Inputs): string {
  return proxySocket === defaultProxySocket ? 'none' : `${proxySocket}#`;
}

export function backendOf({ proxyBackend, service }: Inputs): string {
  return proxyBackend || service;
}
