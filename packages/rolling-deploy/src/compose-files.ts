// `configs` and `secrets` of a service: files that its containers get before they start.
import { posix } from 'node:path';
import type { Node } from './compose-document.js';
import type { EnvironmentSource } from './compose-environment.js';
import { refuseOthers } from './compose-members.js';
import type { ServiceFile } from './service.js';

export interface FileContext extends EnvironmentSource {
  /** The whole file. */
  readonly root: Node;
  /** Values that `environment: NAME` may mean beside `vars`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Where mounts hide what the container has of its own. */
  readonly mounted: readonly string[];
  readonly readOnly: boolean;
}

export interface ServiceFiles {
  readonly files: readonly ServiceFile[];
  /** Names of secrets that the container gets as files, and so not as variables. */
  readonly taken: readonly string[];
}

const usageKeys: readonly string[] = ['source', 'target', 'uid', 'gid', 'mode'];
const sourceKeys: readonly string[] = ['file', 'environment', 'content', 'name'];
const sizeLimit = 1024 * 1024;

/** @throws {DeployError} invalid-compose, unsupported-compose */
export async function readFiles(service: Node, context: FileContext): Promise<ServiceFiles> {
  const files: ServiceFile[] = [];
  const taken: string[] = [];
  for (const kind of ['configs', 'secrets'] as const) {
    for (const item of service.at(kind).children()) {
      const usage = readUsage(item, kind);
      const declared = context.root.at(kind).at(usage.source);
      if (declared.value === undefined)
        throw item.fault(`${usage.source} is not declared`, `Add ${usage.source} under ${kind}.`);
      const { content, secret } = await contentOf(declared, context);
      if (secret !== null) taken.push(secret);
      files.push({ ...usage.place, content: content.toString('base64'), isSecret: kind === 'secrets' });
    }
  }
  refuseHidden(service, files, context);
  return { files, taken };
}

interface Usage {
  readonly source: string;
  readonly place: Omit<ServiceFile, 'content' | 'isSecret'>;
}

function readUsage(item: Node, kind: 'configs' | 'secrets'): Usage {
  const long = typeof item.value === 'object' && item.value !== null;
  if (long) refuseOthers(item, usageKeys);
  const source = (long ? item.at('source').text() : item.text()) ?? '';
  const folder = kind === 'configs' ? '/' : '/run/secrets';
  const given = long ? (item.at('target').text() ?? source) : source;
  const target = posix.resolve(folder, given);
  const fits = given !== '' && !given.split('/').includes('..') && !/\p{Cc}/u.test(given) && target !== '/';
  if (!fits)
    throw item.fault(
      `has the target ${JSON.stringify(given.slice(0, 80))}`,
      'Write an absolute path in the container.',
    );
  const owner = (key: 'uid' | 'gid'): number => ownerOf(item.at(key));
  const place = long
    ? { target, uid: owner('uid'), gid: owner('gid'), mode: modeOf(item.at('mode')) }
    : { target, uid: 0, gid: 0, mode: usualMode };
  return { source, place };
}

const usualMode = 0o444;

function ownerOf(node: Node): number {
  const text = node.text() ?? '0';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw node.fault(`is ${JSON.stringify(text.slice(0, 40))}`, 'Write the number of a user or group.');
}

/** `0440` is 440 to YAML 1.2 and octal to Compose: the digits count. */
function modeOf(node: Node): number {
  const text = node.text();
  if (text === null) return usualMode;
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw node.fault(`is ${JSON.stringify(text.slice(0, 40))}`, 'Write three octal digits, such as 0440.');
}

async function contentOf(
  declared: Node,
  { secrets, vars, readFile }: FileContext,
): Promise<{ readonly content: Buffer; readonly secret: string | null }> {
  const hint = 'Give it a file, a variable as environment, or content: no store of the engine is asked.';
  refuseOthers(declared, sourceKeys, { hint });
  const variable = declared.at('environment').text();
  if (variable !== null) {
    const value = secrets.get(variable) ?? vars.get(variable);
    const hint = 'Give the variable in vars, or as one of environment-secrets.';
    if (value === undefined) throw declared.at('environment').fault(`${variable} has no value`, hint);
    return { content: Buffer.from(value), secret: secrets.has(variable) ? variable : null };
  }
  const text = declared.at('content').text();
  if (text !== null) return { content: Buffer.from(text), secret: null };
  const path = declared.at('file').text() ?? '';
  const bytes = path === '' ? null : await readFile(path);
  if (bytes === null)
    throw declared
      .at('file')
      .fault(`${path || 'no file'} was not found`, 'Name a file relative to the compose file.');
  const content = Buffer.from(bytes);
  if (content.length <= sizeLimit) return { content, secret: null };
  throw declared
    .at('file')
    .fault(`${path} is larger than 1 MiB`, 'Put large files into the image or a volume.');
}

function refuseHidden(
  service: Node,
  files: readonly ServiceFile[],
  { mounted, readOnly }: Pick<FileContext, 'mounted' | 'readOnly'>,
): void {
  const targets = files.map(({ target }) => target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined)
    throw service.fault(`has two files at ${twice}`, 'Give one of them another target.');
  if (files.length > 0 && readOnly) {
    const problem =
      'is together with configs or secrets, which are copied into the container before it starts';
    const hint = 'Remove read_only, or put the files into the image.';
    throw service.at('read_only').fault(problem, hint, 'unsupported-compose');
  }
  for (const target of targets) {
    const over = mounted.find((path) => target === path || target.startsWith(`${path.replace(/\/+$/, '')}/`));
    if (over === undefined) continue;
    const problem = `has the file ${target} below ${over}, where a mount would hide it`;
    throw service.fault(problem, 'Give the file another target.', 'unsupported-compose');
  }
}
