// What the schema cannot see about targets: the images, files and services they name, and times that never end.
import { nearestName } from '@headgate/kit/nearest-name';
import { parseDuration } from '@headgate/kit/quantities';
import { parseYaml } from '@headgate/kit/yaml';
import type { ProjectFiles } from './checks.js';
import { type Finding, isMapping, type Path, showPath } from './finding.js';
import { hookFindings } from './hook-checks.js';
import { hostFindings } from './host-checks.js';
import { entriesOf, memberOf, textOf } from './members.js';
import { shapeFindings } from './service-shape-checks.js';
import { strategyFindings } from './strategy-checks.js';

export function targetFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  const images = entriesOf(value, 'images').map(([name]) => name);
  return entriesOf(value, 'environments').flatMap(([environment, block]) =>
    entriesOf(block, 'targets').flatMap(([name, target]) => {
      const path = ['environments', environment, 'targets', name];
      return [
        ...unknownImage(target, path, images),
        ...composeFindings(target, path, files),
        ...healthFindings(target, path),
        ...strategyFindings(target, path, memberOf(block, 'approval') !== undefined),
        ...hostFindings(target, path),
        ...shapeFindings(target, path),
        ...hookFindings(target, path, (task, at) => unknownImage(task, at, images)),
        ...entriesOf(target, 'tests').flatMap(([test, each]) =>
          unknownImage(each, [...path, 'tests', test], images),
        ),
      ];
    }),
  );
}

export function unknownImage(target: unknown, path: Path, images: readonly string[]): readonly Finding[] {
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

export function composeFindings(target: unknown, path: Path, files: ProjectFiles): readonly Finding[] {
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

export function healthFindings(target: unknown, path: Path): readonly Finding[] {
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
