// The inputs of terraform-plan-apply, but for its mode, for each directory of infrastructure.
import type { Settings } from './decision.js';
import { failure } from './failures.js';
import { resolveAll } from './image-settings.js';
import { infrastructureTools } from './infrastructure-schema.js';
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
    tool: toolOf(infrastructure, path, references),
    directory: infrastructure.directory,
    workspace: infrastructure.workspace,
    'var-files': infrastructure['var-files'],
    variables: resolveAll(infrastructure.variables, [...path, 'variables'], references),
    'machine-images-variable': infrastructure['machine-images'] ? 'machine_images' : '',
    'secret-variables': secretNames(infrastructure['secret-variables']),
    'secret-environment': secretNames(infrastructure['secret-environment']),
    'pass-environment': infrastructure['pass-environment'],
    'backend-config': resolveAll(infrastructure['backend-config'], [...path, 'backend-config'], references),
    lock: infrastructure.lock,
    seal: true,
  };
}

/** @throws {ActionError} `invalid-infrastructure` when a variable names neither. */
function toolOf(
  { tool }: InfrastructureConfiguration,
  path: readonly string[],
  references: References,
): string {
  const place = [...path, 'tool'];
  const text = references.resolve(tool, place);
  // A missing variable is reported with all others.
  if (text === null || infrastructureTools.some((known) => known === text)) return text ?? '';
  const message = `${place.join('.')}: terraform or tofu was expected, ${JSON.stringify(text)} was found`;
  throw failure('invalid-infrastructure', message, 'Correct the variable that it names.');
}

function secretNames(
  secrets: Readonly<Record<string, { readonly secret: string }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).map(([variable, { secret }]) => [variable, secret]));
}
