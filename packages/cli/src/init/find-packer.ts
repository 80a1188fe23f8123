// The Packer templates of a repository: where they lie, what they build, what they must be given.

import type { FoundVariable } from './find-terraform.js';
import { blocksOf, type HclBlock, plainText, plainTexts, readHcl } from './hcl.js';
import { baseOf, folderOf, nameFrom, uniqueName } from './names.js';
import type { RepositoryFiles } from './repository-files.js';

export interface FoundPacker {
  readonly name: string;
  readonly directory: string;
  /** A template of the old form, seen from the directory; null for a folder of .pkr.hcl files. */
  readonly template: string | null;
  /** Builders that every build must make; empty where that cannot be read. */
  readonly builders: readonly string[];
  readonly variables: readonly FoundVariable[];
  /** Output of the manifest post-processor; null where there is none. */
  readonly manifest: string | null;
  readonly usesDocker: boolean;
  /** A script beside the template that tries an image. */
  readonly smoke: string | null;
}

export async function findPacker(files: RepositoryFiles): Promise<readonly FoundPacker[]> {
  const taken = new Set<string>();
  const found: FoundPacker[] = [];
  const folders = new Set(files.paths.filter((path) => path.endsWith('.pkr.hcl')).map(folderOf));
  for (const directory of folders) {
    const paths = files.paths.filter((path) => path.endsWith('.pkr.hcl') && folderOf(path) === directory);
    const texts = await Promise.all(paths.map(async (path) => (await files.read(path)) ?? ''));
    const block = {
      type: '',
      labels: [],
      attributes: new Map(),
      blocks: texts.flatMap((text) => readHcl(text).blocks),
    };
    if (!block.blocks.some(({ type }) => type === 'build')) continue;
    const own = paths.length === 1 ? baseOf(paths[0] ?? '').replace(/\.pkr\.hcl$/, '') : baseOf(directory);
    const name = uniqueName(nameFrom(own, 'machine'), taken);
    found.push({ name, directory, template: null, ...describe(block), smoke: smokeIn(files, directory) });
  }
  for (const path of files.paths.filter((file) => /\.json$/.test(file) && /packer|template/i.test(file))) {
    const template = readOldTemplate((await files.read(path)) ?? '');
    const directory = folderOf(path);
    if (template === null || folders.has(directory)) continue;
    const name = uniqueName(nameFrom(baseOf(path).replace(/(?:\.pkr)?\.json$/, ''), 'machine'), taken);
    found.push({
      name,
      directory,
      template: asTemplate(baseOf(path)),
      ...template,
      smoke: smokeIn(files, directory),
    });
  }
  return found;
}

type Described = Pick<FoundPacker, 'builders' | 'variables' | 'manifest' | 'usesDocker'>;

function describe(block: HclBlock): Described {
  const builds = block.blocks.filter(({ type }) => type === 'build');
  const manifest = blocksOf(block, 'post-processor').find(({ labels }) => labels[0] === 'manifest');
  return {
    builders: buildersOf(builds),
    variables: block.blocks.filter(({ type }) => type === 'variable').flatMap(variableOf),
    manifest:
      manifest === undefined
        ? null
        : (plainText(manifest.attributes.get('output')) ?? 'packer-manifest.json'),
    usesDocker: block.blocks.some(({ type, labels }) => type === 'source' && labels[0] === 'docker'),
  };
}

/** Only where every build names its sources plainly: what packer calls them otherwise is not guessed. */
function buildersOf(builds: readonly HclBlock[]): readonly string[] {
  const names: string[] = [];
  for (const { attributes, blocks } of builds) {
    const listed = attributes.has('sources') ? plainTexts(attributes.get('sources')) : [];
    if (listed === null || attributes.has('name')) return [];
    const inside = blocks.filter(({ type }) => type === 'source').flatMap(({ labels }) => labels.slice(0, 1));
    names.push(...[...listed, ...inside].map((name) => name.replace(/^source\./, '')));
  }
  return names.every((name) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) ? [...new Set(names)] : [];
}

function variableOf({ labels, attributes }: HclBlock): readonly FoundVariable[] {
  const [name] = labels;
  if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [];
  const [sensitive, hasDefault] = [attributes.get('sensitive')?.trim() === 'true', attributes.has('default')];
  return [{ name, sensitive, hasDefault }];
}

/** A template as JSON, which packer also reads; null for any other file. */
function readOldTemplate(text: string): Described | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const template =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const { builders, variables = {} } = template;
  if (!Array.isArray(builders) || builders.length === 0) return null;
  const types = builders.map((builder: unknown) =>
    String((builder as { type?: unknown } | null)?.type ?? ''),
  );
  const given = Object.entries(typeof variables === 'object' && variables !== null ? variables : {});
  const processors = JSON.stringify(template['post-processors'] ?? []);
  return {
    builders: [],
    variables: given
      .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      .map(([name, start]) => ({ name, sensitive: false, hasDefault: start !== null })),
    manifest: processors.includes('"manifest"') ? 'packer-manifest.json' : null,
    usesDocker: types.includes('docker'),
  };
}

/** Packer reads a leading dash as an option. */
function asTemplate(file: string): string {
  return file.startsWith('-') ? `./${file}` : file;
}

function smokeIn(files: RepositoryFiles, directory: string): string | null {
  const names = files.paths.filter((path) => folderOf(path) === directory).map(baseOf);
  return names.find((name) => /^smoke[A-Za-z0-9_-]*\.sh$/.test(name)) ?? null;
}
