// The hooks of a deployment as one of its hosts has them; null without any, or where there is no service to run them in.
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import { runDockerHook } from './docker-hooks.js';
import { createHookStage } from './hook-stage.js';
import type { HookCalls } from './hooks.js';
import type { Place } from './places.js';

export interface Hooking {
  /** The first of the hosts, which is alone when it goes. */
  readonly isGate: boolean;
  readonly isAlone: boolean;
}

type HookedPlace = Pick<
  Place,
  'name' | 'inputs' | 'transport' | 'lock' | 'connection' | 'delivery' | 'steps' | 'hooked'
>;

export function hooksAt(place: HookedPlace, { isGate, isAlone }: Hooking, deps: Deps): HookCalls | null {
  const { connection, transport, lock, steps, inputs, delivery, name, hooked: parts } = place;
  const { testPlace } = connection;
  const hooks = delivery.hooks.filter(({ onFirstHost }) => isGate || !onFirstHost);
  if (testPlace === null || hooks.length === 0) return null;
  const { clock, signal, http, core, context } = deps;
  const { image, version } = delivery;
  const host = {
    place: testPlace,
    transport,
    http,
    clock,
    signal,
    beat: () => lock.renew(),
    stopGraceMs: inputs.stopGrace,
  };
  // A step that is killed leaves a container to its post step.
  core.saveState('hooks', 'running');
  return createHookStage({
    hooks,
    run: (hook, run) => runDockerHook(hook, run, host),
    steps,
    core,
    live: isAlone,
    parts,
    redact: createRedactor(inputs.deploySecrets.values).redact,
    facts: {
      environment: inputs.environment,
      target: inputs.target,
      host: name,
      service: inputs.service,
      image: image.reference,
      digest: image.digest,
      revision: connection.revision,
      version: version ?? '',
      run: context.runUrl,
    },
  });
}
