// The inputs of terraform-plan-apply, but for its mode, for each directory of infrastructure.
import type { Settings } from './decision.js';
import { resolveAll } from './image-settings.js';
import type { References } from './references.js';
import type { InfrastructureConfiguration } from './schema.js';

export interface PlanSituation {
  readonly environment: string;
  readonly references: References;
}

/** Settings of the infrastructure called `name`, keyed by the action's input names. The plan is sealed: it is applied later. */
export function planSettings(
  name: string,
  infrastructure: InfrastructureConfiguration,
  { environment, references }: PlanSituation,
): Settings {
  const path = ['environments', environment, 'infrastructure', name];
  return {
    leg: name,
    environment,
    tool: infrastructure.tool,
    directory: infrastructure.directory,
    workspace: infrastructure.workspace,
    'var-files': infrastructure['var-files'],
    variables: resolveAll(infrastructure.variables, [...path, 'variables'], references),
    'machine-images-variable': infrastructure['machine-images'] ? 'machine_images' : '',
    'secret-variables': secretNames(infrastructure['secret-variables']),
    'secret-environment': secretNames(infrastructure['secret-environment']),
    'backend-config': resolveAll(infrastructure['backend-config'], [...path, 'backend-config'], references),
    lock: infrastructure.lock,
    seal: true,
  };
}

function secretNames(
  secrets: Readonly<Record<string, { readonly secret: string }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).map(([variable, { secret }]) => [variable, secret]));
}
