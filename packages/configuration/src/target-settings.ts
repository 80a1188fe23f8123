// The inputs of rolling-deploy for each target of the environment.
import type { Settings } from './decision.js';
import { hookSettings } from './hook-settings.js';
import { checkRemote, hostSettings } from './host-settings.js';
import { type RegistrySituation, registryUsername, resolveAll } from './image-settings.js';
import type { ApprovalConfiguration, TargetConfiguration, Value } from './schema.js';
import { strategySettings } from './strategy-settings.js';
import { checked, type Place, places } from './target-forms.js';

export interface TargetSituation extends RegistrySituation {
  readonly environment: string;
  readonly environmentUrl: string;
  /** Whose word counts there; null when nobody's is asked for. */
  readonly approval: ApprovalConfiguration | null;
}

/** The engine's address, as of targets and previews alike. @throws {ActionError} `invalid-target` */
export function engineOf(
  value: Value,
  path: readonly string[],
  references: RegistrySituation['references'],
): string {
  const text = references.resolve(value, [...path, 'engine']);
  return text === null ? '' : checked([...path, 'engine'].join('.'), text, places.engine);
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
  const settings: Settings = {
    leg: name,
    application: configuration.application,
    environment,
    target: name,
    'environment-url': environmentUrl,
    'compose-file': target.compose,
    service: target.service,
    'image-name': target.image,
    ...shapeSettings(target),
    ...strategySettings(target.strategy, { path, references, approval: situation.approval }),
    transport: target.transport,
    ...hostSettings(target, path, references),
    engine: engineOf(target.engine, path, references),
    ...(target.proxy === undefined
      ? {}
      : {
          'proxy-socket': resolve(target.proxy.socket, places.socket),
          'proxy-backend': resolve(target.proxy.backend, places.backend),
        }),
    'health-path': target.health.path,
    'health-interval': target.health.interval,
    'health-deadline': target.health.deadline,
    'drain-deadline': target.drain,
    settle: target.settle,
    'registry-username': registryUsername(situation),
    ...signingSettings(situation),
    'environment-secrets': Object.fromEntries(
      Object.entries(target.secrets).map(([variable, { secret }]) => [variable, { secret }]),
    ),
    vars: resolveAll(target.vars, [...path, 'vars'], references),
    ...hookSettings(target, [...path, 'hooks'], references),
    ...testSettings(target, [...path, 'tests'], references),
  };
  checkRemote(settings, path);
  return settings;
}

/**
 * Of targets and previews alike. A variable that holds no key is refused: without one every image would do.
 * @throws {ActionError} `invalid-target`
 */
export function signingSettings({ configuration, references }: RegistrySituation): Settings {
  const { signing } = configuration;
  if (signing === undefined) return {};
  const text = references.resolve(signing['public-key'], ['signing', 'public-key']);
  return text === null ? {} : { 'verify-key': checked('signing.public-key', text, places.keys) };
}

/** What the service is: how many, reached by what, replaced how, and how many of its releases stay. */
function shapeSettings(target: TargetConfiguration): Settings {
  const { port, reach, instances, 'allow-gap': allowGap, 'keep-releases': kept } = target;
  return {
    ...(port === undefined ? {} : { port }),
    ...(reach === 'port' ? {} : { reach }),
    ...(instances === undefined ? {} : { instances }),
    ...(allowGap ? { 'allow-gap': true } : {}),
    ...(kept === undefined ? {} : { 'keep-releases': kept }),
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
