// The infrastructure of one environment: which folders are planned and applied for it, and with what.
import { type FoundTerraform, type FoundVariable, type Stage, stages } from './find-terraform.js';
import { baseOf, folderOf, looksSecret, nameFrom, uniqueName, variableFrom } from './names.js';
import type { Survey } from './survey.js';
import { Block, type Line, type Plain } from './yaml-text.js';

/** What of this folder an environment has; null where it has nothing to do with it. */
export function infrastructureLine({ terraform, packer }: Survey, stage: Stage): Line | null {
  const taken = new Set(['configuration']);
  const own = terraform.filter((found) => serves(found, stage));
  const lines = own.map((found): Line => {
    const name = own.length === 1 ? 'main' : nameFrom(ownName(found), 'main');
    return { key: uniqueName(name, taken), value: new Block(linesOf(found, stage, packer.length > 0)) };
  });
  return lines.length === 0
    ? null
    : {
        key: 'infrastructure',
        value: new Block(lines),
        beside: 'planned, approved and applied before anything is deployed',
      };
}

/** A folder for one environment serves that; one with files for some serves those; any other serves all. */
function serves({ stage, varFiles }: FoundTerraform, wanted: Stage): boolean {
  if (stage !== null) return stage === wanted;
  return varFiles.size === 0 || varFiles.has(wanted);
}

function ownName({ directory, stage }: FoundTerraform): string {
  const own = baseOf(directory);
  return stage === null ? own : baseOf(folderOf(directory));
}

function linesOf(found: FoundTerraform, stage: Stage, builds: boolean): readonly Line[] {
  const { directory, tool, varFiles } = found;
  const file = varFiles.get(stage);
  const open = found.variables.filter(
    ({ name, hasDefault }) =>
      !(hasDefault || found.setAlready.includes(name) || file?.sets.includes(name) === true),
  );
  const takesImages = builds && found.variables.some(({ name }) => name === 'machine_images');
  const wanted = open.filter(({ name }) => !(takesImages && name === 'machine_images'));
  const secret = wanted.filter(({ name, sensitive }) => sensitive || looksSecret(name));
  const plain = wanted.filter((variable) => !secret.includes(variable));
  const backend = backendOf(found);
  return [
    { key: 'directory', value: directory },
    ...(tool === 'tofu' ? [{ key: 'tool', value: 'tofu' }] : []),
    ...(found.stage === null ? [{ key: 'workspace', value: stage, beside: 'a state of its own' }] : []),
    ...(file === undefined ? [] : [{ key: 'var-files', value: [file.path] }]),
    ...(plain.length === 0
      ? []
      : [line('variables', plain, (variable) => plainValue(variable, stage), 'without a default')]),
    ...(secret.length === 0
      ? []
      : [
          line(
            'secret-variables',
            secret,
            ({ name }) => ({ secret: variableFrom(name) }),
            'names in the map `environment` of DEPLOY_SECRETS',
          ),
        ]),
    ...(backend.length === 0
      ? []
      : [
          {
            key: 'backend-config',
            value: Object.fromEntries(backend),
            beside: 'what the backend block leaves open',
          },
        ]),
    ...(takesImages
      ? [{ key: 'machine-images', value: true, beside: 'ids go in as the variable machine_images' }]
      : []),
  ];
}

function line(
  key: string,
  variables: readonly FoundVariable[],
  value: (variable: FoundVariable) => Plain,
  beside: string,
): Line {
  return { key, value: Object.fromEntries(variables.map((each) => [each.name, value(each)])), beside };
}

function plainValue({ name }: FoundVariable, stage: Stage): Plain {
  return /^(?:env|environment|stage)(?:_name)?$/.test(name) ? stage : { var: variableFrom(name) };
}

const wantedByBackend: Readonly<Record<string, readonly string[]>> = {
  local: ['workspace_dir'],
  s3: ['bucket', 'key', 'region'],
  gcs: ['bucket'],
  azurerm: ['resource_group_name', 'storage_account_name', 'container_name', 'key'],
};

/** Attributes that the backend needs and its block does not give. */
function backendOf({ backend }: FoundTerraform): readonly (readonly [string, Plain])[] {
  if (backend === null || (backend.type === 'local' && backend.attributes.includes('path'))) return [];
  const wanted = Object.hasOwn(wantedByBackend, backend.type) ? (wantedByBackend[backend.type] ?? []) : [];
  const prefix = backend.type === 'local' ? '' : 'STATE_';
  const names: Readonly<Record<string, string>> = { workspace_dir: 'TERRAFORM_STATES' };
  return wanted
    .filter((name) => !backend.attributes.includes(name))
    .map((name) => [name, { var: names[name] ?? variableFrom(`${prefix}${name}`) }] as const);
}

export function stagesServed(found: FoundTerraform): readonly Stage[] {
  return stages.filter((stage) => serves(found, stage));
}
