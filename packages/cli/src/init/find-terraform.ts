// The configurations of Terraform or OpenTofu in a repository: which are roots, and what each environment gives them.
import { blocksOf, type HclBlock, plainText, readHcl } from './hcl.js';
import { baseOf, folderOf, joinPath } from './names.js';
import type { RepositoryFiles } from './repository-files.js';

export const stages = ['integration', 'staging', 'production'] as const;
export type Stage = (typeof stages)[number];

export interface FoundVariable {
  readonly name: string;
  readonly sensitive: boolean;
  readonly hasDefault: boolean;
}

export interface VariableFile {
  readonly path: string;
  /** Names that it sets. */
  readonly sets: readonly string[];
}

export interface FoundTerraform {
  readonly directory: string;
  readonly tool: 'terraform' | 'tofu';
  /** The environment that the folder is named after; null where it serves several. */
  readonly stage: Stage | null;
  readonly variables: readonly FoundVariable[];
  readonly varFiles: ReadonlyMap<Stage, VariableFile>;
  /** Variables that a file sets which every environment reads by itself, such as terraform.tfvars. */
  readonly setAlready: readonly string[];
  readonly backend: { readonly type: string; readonly attributes: readonly string[] } | null;
}

const words: Readonly<Record<Stage, RegExp>> = {
  integration: /^(?:integration|int|dev|develop|development|test|testing|qa)$/,
  staging: /^(?:staging|stage|stg|preprod|preproduction|uat)$/,
  production: /^(?:production|prod|prd|live)$/,
};

/** The environment that a word names, also as a part of it: `staging`, `eu-prod`. */
export function stageNamed(text: string): Stage | null {
  const parts = [text.toLowerCase(), ...text.toLowerCase().split(/[^a-z]+/)];
  return stages.find((stage) => parts.some((part) => words[stage].test(part))) ?? null;
}

const source = /\.(?:tf|tofu)$/;
const partOnly = /(?:^|\/)(?:modules?|examples?|tests?|fixtures)(?:\/|$)/i;

export async function findTerraform(files: RepositoryFiles): Promise<readonly FoundTerraform[]> {
  const directories = [...new Set(files.paths.filter((path) => source.test(path)).map(folderOf))];
  const read = await Promise.all(
    directories.map(async (directory) => ({ directory, block: await readDirectory(files, directory) })),
  );
  const modules = new Set(read.flatMap(({ directory, block }) => localModules(directory, block)));
  const roots = read.filter(({ directory }) => !modules.has(directory) && !partOnly.test(directory));
  return Promise.all(roots.map(({ directory, block }) => describe(files, directory, block)));
}

async function readDirectory(files: RepositoryFiles, directory: string): Promise<HclBlock> {
  const texts: string[] = [];
  for (const path of files.paths) {
    if (source.test(path) && folderOf(path) === directory) texts.push((await files.read(path)) ?? '');
  }
  const blocks = texts.flatMap((text) => readHcl(text).blocks);
  return { type: '', labels: [], attributes: new Map(), blocks };
}

function localModules(directory: string, block: HclBlock): readonly string[] {
  return block.blocks
    .filter(({ type }) => type === 'module')
    .map(({ attributes }) => plainText(attributes.get('source')))
    .flatMap((place) => (place?.startsWith('.') === true ? [joinPath(directory, place)] : []))
    .filter((place) => place !== null);
}

async function describe(files: RepositoryFiles, directory: string, block: HclBlock): Promise<FoundTerraform> {
  const varFiles = new Map<Stage, VariableFile>();
  const setAlready: string[] = [];
  for (const path of files.paths.filter((file) => belongs(file, directory))) {
    const sets = [...readHcl((await files.read(path)) ?? '').attributes.keys()];
    const stage = stageNamed(baseOf(path).replace(/(?:\.auto)?\.tfvars$/, ''));
    if (/^terraform\.tfvars$|\.auto\.tfvars$/.test(baseOf(path)) && folderOf(path) === directory)
      setAlready.push(...sets);
    else if (stage !== null && !varFiles.has(stage)) varFiles.set(stage, { path, sets });
  }
  const backend = block.blocks
    .filter(({ type }) => type === 'terraform')
    .flatMap((inner) => blocksOf(inner, 'backend'))[0];
  const isTofu = files.paths.some(
    (path) => path === '.opentofu-version' || (path.endsWith('.tofu') && folderOf(path) === directory),
  );
  return {
    directory,
    tool: isTofu ? 'tofu' : 'terraform',
    stage: varFiles.size === 0 ? stageNamed(baseOf(directory)) : null,
    variables: block.blocks.filter(({ type }) => type === 'variable').flatMap(variableOf),
    varFiles,
    setAlready,
    backend:
      backend === undefined
        ? null
        : { type: backend.labels[0] ?? '', attributes: [...backend.attributes.keys()] },
  };
}

/** A file of variables in the folder, or in one inside it that holds no configuration of its own. */
function belongs(path: string, directory: string): boolean {
  if (!path.endsWith('.tfvars')) return false;
  const folder = folderOf(path);
  const inside =
    directory === '.'
      ? folder
      : folder.startsWith(`${directory}/`)
        ? folder.slice(directory.length + 1)
        : null;
  return (
    folder === directory ||
    (inside !== null && /^(?:env|envs|environments?|vars|tfvars|config)(?:\/[^/]+)?$/.test(inside))
  );
}

function variableOf({ labels, attributes }: HclBlock): readonly FoundVariable[] {
  const [name] = labels;
  // What Terraform itself would refuse is no name for headgate.yml either.
  if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return [];
  return [
    {
      name,
      sensitive: attributes.get('sensitive')?.trim() === 'true',
      hasDefault: attributes.has('default'),
    },
  ];
}
