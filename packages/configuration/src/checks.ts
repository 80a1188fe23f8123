// What the schema cannot see: names that refer to each other and files that must exist.

import { nearestName } from '@headgate/kit/nearest-name';
import { parseDuration } from '@headgate/kit/quantities';
import { parseYaml } from '@headgate/kit/yaml';
import { type Finding, isMapping, type Path, showPath } from './finding.js';

/** The application's repository, as far as headgate.yml speaks about it; paths are relative to its root. */
export interface ProjectFiles {
  exists(path: string): boolean;
  /** The file's text; null when it cannot be read. */
  read(path: string): string | null;
}

/** Findings about a parsed file whose shape may be wrong elsewhere: whatever has the wrong type is passed over. */
export function crossFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  return [
    ...branchFindings(value),
    ...imageFindings(value, files),
    ...environmentFindings(value),
    ...targetFindings(value, files),
  ];
}

function branchFindings(value: unknown): readonly Finding[] {
  const given = entriesOf(value, 'branches').filter(([, name]) => typeof name === 'string');
  const findings: Finding[] = [];
  for (const [index, [kind, name]] of given.entries()) {
    const clash = given.slice(0, index).find(([, other]) => overlaps(String(name), String(other)));
    if (clash === undefined) continue;
    const message = `\`branches.${kind}\` (${String(name)}) and \`branches.${clash[0]}\` (${String(clash[1])}) overlap`;
    const cure = 'Give each kind of branch its own name or prefix.';
    findings.push({ path: ['branches', kind], at: 'value', message, cure });
  }
  return findings;
}

/** Equal names, or one prefix inside the other. */
function overlaps(left: string, right: string): boolean {
  if (left === right) return true;
  return (right.endsWith('/') && left.startsWith(right)) || (left.endsWith('/') && right.startsWith(left));
}

function imageFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  return entriesOf(value, 'images').flatMap(([name, image]) => {
    if (image !== null && !isMapping(image)) return [];
    const context = textOf(image, 'context') ?? '.';
    if (!files.exists(context)) {
      const message = `image \`${name}\`: the build context ${context} does not exist`;
      const cure = 'Correct `context`, or add the folder to the repository.';
      return [{ path: ['images', name, 'context'], at: 'value' as const, message, cure }];
    }
    const file = textOf(image, 'file') ?? 'Dockerfile';
    const dockerfile = context === '.' ? file : `${context.replace(/\/$/, '')}/${file}`;
    if (files.exists(dockerfile)) return [];
    const message = `image \`${name}\`: the Dockerfile ${dockerfile} does not exist`;
    const cure = `Add the file, or name the right one (seen from the context) in \`images.${name}.file\`.`;
    return [{ path: ['images', name, 'file'], at: 'value' as const, message, cure }];
  });
}

function environmentFindings(value: unknown): readonly Finding[] {
  const environments = entriesOf(value, 'environments');
  const fedBy = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [name, environment] of environments) {
    const kind = textOf(environment, 'branch');
    const other = kind === null ? undefined : fedBy.get(kind);
    if (kind !== null && other !== undefined) {
      const message = `environments \`${other}\` and \`${name}\` are both fed by ${kind} branches; a run deploys to one`;
      const cure = 'Give one of them another `branch`, or make it a second target of the first environment.';
      findings.push({ path: ['environments', name, 'branch'], at: 'value', message, cure });
    } else if (kind !== null) fedBy.set(kind, name);
    if (name.endsWith('-plan')) {
      const message = `environment \`${name}\`: names ending in -plan are kept for the planning side of an environment`;
      findings.push({ path: ['environments', name], at: 'key', message, cure: 'Choose another name.' });
    }
  }
  return findings;
}

function targetFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  const images = entriesOf(value, 'images').map(([name]) => name);
  return entriesOf(value, 'environments').flatMap(([environment, block]) =>
    entriesOf(block, 'targets').flatMap(([name, target]) => {
      const path = ['environments', environment, 'targets', name];
      return [
        ...unknownImage(target, path, images),
        ...composeFindings(target, path, files),
        ...healthFindings(target, path),
      ];
    }),
  );
}

function unknownImage(target: unknown, path: Path, images: readonly string[]): readonly Finding[] {
  const image = textOf(target, 'image');
  if (image === null || images.includes(image)) return [];
  const near = nearestName(image, images);
  const known =
    images.length === 0
      ? 'There are no images yet: add it under `images`'
      : `Use one of: ${images.join(', ')}`;
  const cure = near === null ? `${known}.` : `Write \`${near}\`.`;
  const question = near === null ? '' : `, did you mean \`${near}\`?`;
  const message = `\`${showPath(path)}\` runs the image \`${image}\`, which \`images\` does not have${question}`;
  return [{ path: [...path, 'image'], at: 'value', message, cure }];
}

function composeFindings(target: unknown, path: Path, files: ProjectFiles): readonly Finding[] {
  const compose = textOf(target, 'compose');
  if (compose === null) return [];
  const finding = (key: string, message: string, cure: string): readonly Finding[] => [
    { path: [...path, key], at: 'value', message: `\`${showPath(path)}\`: ${message}`, cure },
  ];
  if (!files.exists(compose)) {
    return finding(
      'compose',
      `the compose file ${compose} does not exist`,
      'Add the file, or correct `compose`.',
    );
  }
  const service = textOf(target, 'service');
  const services = composeServices(files.read(compose));
  if (service === null || services === null || services.includes(service)) return [];
  const near = nearestName(service, services);
  const cure = near === null ? `Use one of its services: ${services.join(', ')}.` : `Write \`${near}\`.`;
  return finding('service', `${compose} has no service \`${service}\``, cure);
}

/** Null when the file is not readable as YAML: whoever deploys says what is wrong with it. */
function composeServices(text: string | null): readonly string[] | null {
  if (text === null) return null;
  try {
    const services = entriesOf(parseYaml(text, { source: 'compose file' }), 'services');
    return services.length === 0 ? null : services.map(([name]) => name);
  } catch {
    return null;
  }
}

function healthFindings(target: unknown, path: Path): readonly Finding[] {
  const health = isMapping(target) ? target['health'] : null;
  const interval = parseDuration(textOf(health, 'interval') ?? '1s');
  const deadline = parseDuration(textOf(health, 'deadline') ?? '1m');
  if (interval === null || deadline === null || (interval > 0 && deadline >= interval)) return [];
  const message =
    interval > 0
      ? `\`${showPath(path)}\`: the health deadline is shorter than one interval`
      : `\`${showPath(path)}\`: a health interval of nothing would never pause`;
  const key = interval > 0 ? 'deadline' : 'interval';
  return [{ path: [...path, 'health', key], at: 'value', message, cure: `Write a longer \`${key}\`.` }];
}

function entriesOf(value: unknown, key: string): readonly (readonly [string, unknown])[] {
  const inner = isMapping(value) ? value[key] : null;
  return isMapping(inner) ? Object.entries(inner) : [];
}

function textOf(value: unknown, key: string): string | null {
  const inner = isMapping(value) ? value[key] : null;
  return typeof inner === 'string' && inner !== '' ? inner : null;
}
