// The inputs of rolling-deploy for each target of the environment.
import type { Settings } from './decision.js';
import { failure } from './failures.js';
import { type RegistrySituation, registryUsername, resolveAll } from './image-settings.js';
import type { TargetConfiguration, Value } from './schema.js';

export interface TargetSituation extends RegistrySituation {
  readonly environment: string;
  readonly environmentUrl: string;
}

interface Place {
  readonly keys: readonly string[];
  readonly pattern: RegExp;
  readonly wanted: string;
}

/** The forms that rolling-deploy takes: known when a run begins, not only when it has built everything. */
const places = {
  engine: {
    keys: ['engine'],
    pattern: /^(?:(?:unix:\/\/)?\/\S+|(?:tcp|http):\/\/[^\s/]+\/?)?$/,
    wanted: "a socket's path, unix://… or tcp://…",
  },
  socket: {
    keys: ['proxy', 'socket'],
    pattern: /^\/[^\n\r\0]*[^\s\0]$/u,
    wanted: 'an absolute path, nothing blank at its end',
  },
  backend: {
    keys: ['proxy', 'backend'],
    pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
    wanted: "a backend's name of letters, digits, ., _, : and -",
  },
} as const satisfies Record<string, Place>;

function checked(path: string, text: string, { pattern, wanted }: Place): string {
  if (pattern.test(text)) return text;
  const message = `${path}: ${wanted} was expected, ${JSON.stringify(text)} was found`;
  throw failure('invalid-target', message, 'Correct the value, or the variable that it names.');
}

/** Settings of the target called `name`, keyed by the action's input names. @throws {ActionError} `invalid-target` */
export function targetSettings(
  name: string,
  target: TargetConfiguration,
  situation: TargetSituation,
): Settings {
  const { references, environment, environmentUrl, configuration } = situation;
  const path = ['environments', environment, 'targets', name];
  const resolve = (value: Value, place: Place): string => {
    const text = references.resolve(value, [...path, ...place.keys]);
    // A missing variable is reported with all others.
    return text === null ? '' : checked([...path, ...place.keys].join('.'), text, place);
  };
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
    engine: resolve(target.engine, places.engine),
    'proxy-socket': resolve(target.proxy.socket, places.socket),
    'proxy-backend': resolve(target.proxy.backend, places.backend),
    'health-path': target.health.path,
    'health-interval': target.health.interval,
    'health-deadline': target.health.deadline,
    'drain-deadline': target.drain,
    settle: target.settle,
    'registry-username': registryUsername(situation),
    'environment-secrets': Object.fromEntries(
      Object.entries(target.secrets).map(([variable, { secret }]) => [variable, { secret }]),
    ),
    vars: resolveAll(target.vars, [...path, 'vars'], references),
    ...testSettings(target, [...path, 'tests'], references),
  };
}

/** A test without an image of its own runs in the one that is deployed. */
function testSettings(
  { image, tests }: TargetConfiguration,
  path: readonly string[],
  references: RegistrySituation['references'],
): Settings {
  const all = Object.entries(tests).map(([name, test]): [string, Settings] => [
    name,
    {
      'image-name': test.image ?? image,
      command: test.command,
      environment: resolveAll(test.environment, [...path, name, 'environment'], references),
      deadline: test.deadline,
    },
  ]);
  return all.length === 0 ? {} : { tests: Object.fromEntries(all) };
}
