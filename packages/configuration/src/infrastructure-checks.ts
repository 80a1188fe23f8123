// What the schema cannot see about machine images and infrastructure: folders and files, and names that clash.
import type { ProjectFiles } from './checks.js';
import { type Finding, isMapping, type Path, showPath } from './finding.js';
import { entriesOf, textOf, textsOf } from './members.js';

export function machineImageFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  return entriesOf(value, 'machine-images').flatMap(([name, image]) => {
    const path = ['machine-images', name];
    const directory = textOf(image, 'directory');
    if (directory === null) return [];
    if (!files.exists(directory)) return [missing([...path, 'directory'], `the folder ${directory}`)];
    const template = textOf(image, 'template') ?? '.';
    const given = textsOf(image, 'var-files').map(
      (file, index) => [['var-files', index], 'the variable file', file] as const,
    );
    return [[['template'], 'the template', template] as const, ...given]
      .map(([keys, what, file]) => ({ keys, what, file: inside(directory, file) }))
      .filter(({ file }) => !files.exists(file))
      .map(({ keys, what, file }) => missing([...path, ...keys], `${what} ${file}`));
  });
}

function inside(directory: string, file: string): string {
  const below = file === '.' ? directory : `${directory.replace(/\/$/, '')}/${file}`;
  return below.replace(/^\.\//, '') || '.';
}

export function infrastructureFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  const hasMachineImages = entriesOf(value, 'machine-images').length > 0;
  return entriesOf(value, 'environments').flatMap(([environment, block]) => {
    const infrastructures = entriesOf(block, 'infrastructure');
    return infrastructures.flatMap(([name, infrastructure], index) => {
      const path = ['environments', environment, 'infrastructure', name];
      const before = infrastructures.slice(0, index);
      return [
        ...(name === 'configuration' ? [reserved(path)] : []),
        ...placeFindings(infrastructure, path, files),
        ...clash(infrastructure, path, before),
        ...(hasMachineImages ? [] : withoutMachineImages(infrastructure, path)),
        ...givenTwice(infrastructure, path),
      ];
    });
  });
}

/** The configuration's own entry at the plan stage has that name. */
function reserved(path: Path): Finding {
  const message = `\`${showPath(path)}\`: the name configuration is kept for the environment's own entry`;
  return { path, at: 'key', message, cure: 'Choose another name.' };
}

function placeFindings(infrastructure: unknown, path: Path, files: ProjectFiles): readonly Finding[] {
  const directory = textOf(infrastructure, 'directory');
  const places = textsOf(infrastructure, 'var-files').map(
    (file, index) => [['var-files', index], 'the file with variables', file] as const,
  );
  const all = directory === null ? places : [[['directory'], 'the folder', directory] as const, ...places];
  return all
    .filter(([, , file]) => !files.exists(file))
    .map(([keys, what, file]) => missing([...path, ...keys], `${what} ${file}`));
}

/** Two legs on one state would wait for each other's lock, and the second plan would be out of date. */
function clash(
  infrastructure: unknown,
  path: Path,
  before: readonly (readonly [string, unknown])[],
): readonly Finding[] {
  const place = placeOf(infrastructure);
  const other = before.find(([, each]) => place !== null && placeOf(each) === place)?.[0];
  if (other === undefined) return [];
  const message = `\`${showPath(path)}\` and \`${other}\` are the same directory and workspace`;
  const cure = 'Remove one of them, or give it another `workspace`.';
  return [{ path: [...path, 'directory'], at: 'value', message, cure }];
}

function placeOf(infrastructure: unknown): string | null {
  const directory = textOf(infrastructure, 'directory');
  return directory === null
    ? null
    : `${directory.replace(/\/$/, '')}\n${textOf(infrastructure, 'workspace') ?? 'default'}`;
}

function withoutMachineImages(infrastructure: unknown, path: Path): readonly Finding[] {
  if (!isMapping(infrastructure) || infrastructure['machine-images'] !== true) return [];
  const message = `\`${showPath(path)}\` asks for machine images, and \`machine-images\` lists none`;
  const cure = 'List a template under `machine-images`, or remove the key.';
  return [{ path: [...path, 'machine-images'], at: 'value', message, cure }];
}

function givenTwice(infrastructure: unknown, path: Path): readonly Finding[] {
  const plain = entriesOf(infrastructure, 'variables').map(([name]) => name);
  return entriesOf(infrastructure, 'secret-variables')
    .filter(([name]) => plain.includes(name))
    .map(([name]) => ({
      path: [...path, 'secret-variables', name],
      at: 'key' as const,
      message: `\`${showPath(path)}\`: the variable \`${name}\` is also among \`variables\``,
      cure: 'Keep one of the two.',
    }));
}

function missing(path: Path, what: string): Finding {
  const message = `\`${showPath(path)}\`: ${what} does not exist`;
  return { path, at: 'value', message, cure: 'Correct the path, or add it to the repository.' };
}
