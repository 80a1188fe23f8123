// The inputs of packer-image for each template of headgate.yml.
import type { Settings } from './decision.js';
import { resolveAll } from './image-settings.js';
import type { References } from './references.js';
import type { MachineImageConfiguration } from './schema.js';

/** Settings of the template called `name`, keyed by the action's input names. */
export function machineImageSettings(
  name: string,
  image: MachineImageConfiguration,
  references: References,
): Settings {
  return {
    leg: name,
    directory: image.directory,
    template: image.template,
    'var-files': image['var-files'],
    variables: resolveAll(image.variables, ['machine-images', name, 'variables'], references),
    secrets: Object.fromEntries(
      Object.entries(image.secrets).map(([variable, { secret }]) => [variable, { secret }]),
    ),
    environment: image.environment,
    only: image.only,
    except: image.except,
    builders: image.builders,
    manifest: image.manifest,
    // An empty command is none.
    'smoke-command': Array.isArray(image.smoke) && image.smoke.length === 0 ? '' : image.smoke,
    deadline: image.deadline,
  };
}
