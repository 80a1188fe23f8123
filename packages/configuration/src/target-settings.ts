// The inputs of rolling-deploy for each target of the environment.
import type { Settings } from './decision.js';
import { type RegistrySituation, registryUsername, resolveAll } from './image-settings.js';
import type { TargetConfiguration, Value } from './schema.js';

export interface TargetSituation extends RegistrySituation {
  readonly environment: string;
  readonly environmentUrl: string;
}

/** Settings of the target called `name`, keyed by the action's input names. */
export function targetSettings(
  name: string,
  target: TargetConfiguration,
  situation: TargetSituation,
): Settings {
  const { references, environment, environmentUrl, configuration } = situation;
  const path = ['environments', environment, 'targets', name];
  const resolve = (value: Value, ...keys: readonly string[]): string =>
    references.resolve(value, [...path, ...keys]) ?? '';
  return {
    leg: name,
    application: configuration.application,
    environment,
    target: name,
    'environment-url': environmentUrl,
    'compose-file': target.compose,
    service: target.service,
    'image-name': target.image,
    port: target.port,
    instances: target.instances,
    transport: target.transport,
    engine: resolve(target.engine, 'engine'),
    'proxy-socket': resolve(target.proxy.socket, 'proxy', 'socket'),
    'proxy-backend': resolve(target.proxy.backend, 'proxy', 'backend'),
    'health-path': target.health.path,
    'health-interval': target.health.interval,
    'health-deadline': target.health.deadline,
    'drain-deadline': target.drain,
    settle: target.settle,
    'registry-username': registryUsername(situation),
    vars: resolveAll(target.vars, [...path, 'vars'], references),
  };
}
