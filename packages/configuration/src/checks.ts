// What the schema cannot see: names that refer to each other and files that must exist.
import { approvalFindings, notificationFindings } from './approval-checks.js';
import { type Finding, isMapping } from './finding.js';
import { infrastructureFindings, machineImageFindings } from './infrastructure-checks.js';
import { entriesOf, textOf } from './members.js';
import { previewFindings } from './preview-checks.js';
import { defaultBranches } from './schema.js';
import { targetFindings } from './target-checks.js';

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
    ...machineImageFindings(value, files),
    ...infrastructureFindings(value, files),
    ...approvalFindings(value),
    ...notificationFindings(value),
    ...previewFindings(value, files),
  ];
}

function branchFindings(value: unknown): readonly Finding[] {
  const given = entriesOf(value, 'branches').filter(([, name]) => typeof name === 'string');
  const defaults = Object.entries(defaultBranches);
  const findings: Finding[] = [];
  for (const [index, [kind, name]] of given.entries()) {
    // What is not given has its default.
    const others = [
      ...given.slice(0, index),
      ...defaults.filter(([key]) => !given.some(([each]) => each === key)),
    ];
    const clash = others.find(([, other]) => overlaps(String(name), String(other)));
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
