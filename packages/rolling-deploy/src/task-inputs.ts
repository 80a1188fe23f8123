// The inputs of mode run: one task beside a service, and the files it leaves.
import { posix } from 'node:path';
import { textOf } from '@headgate/kit/input-values';
import type { InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { type EnvironmentSecrets, parseEnvironmentSecrets } from './environment-secrets.js';
import { type HostPlace, readHosts } from './host-inputs.js';
import { readOptionalSource, type Source } from './image-source.js';
import { matching, name, optionalName, positive, type Reader, required } from './input-forms.js';
import { isMapping, type OneOffRequest, oneOffMembers, parseOneOff, wrongMember } from './one-off-inputs.js';

export const taskSpecs = { task: { default: '' } } as const satisfies InputSpecs;

export interface TaskRequest extends OneOffRequest {
  /** Absolute paths in the container, of files or folders. */
  readonly files: readonly string[];
}

export interface TaskInputs {
  readonly mode: 'run';
  /** The task's name unless given. */
  readonly leg: string;
  readonly environment: string;
  readonly target: string;
  /** '' : the repository's name. */
  readonly application: string;
  readonly composeFile: string;
  readonly service: string;
  /** Null: the image that serves now. */
  readonly source: Source | null;
  readonly task: TaskRequest;
  /** The first of the target's hosts: a task runs once. */
  readonly host: HostPlace;
  /** Milliseconds, both. */
  readonly engineDeadline: number;
  readonly stopGrace: number;
  readonly vars: ReadonlyMap<string, string>;
  readonly environmentSecrets: EnvironmentSecrets;
  readonly deploySecrets: SecretMap;
  readonly registryUsername: string;
  /** Public keys as PEM; '' : images need no signature. */
  readonly verifyKey: string;
  readonly githubToken: string;
}

const input = 'task';
const usualName = 'task';
const usualDeadline = '15m';
const members = ['name', ...oneOffMembers, 'files'];
const filesLimit = 50;

/** @throws {InputError} naming the input */
export function readTaskInputs(reader: Reader): TaskInputs {
  const deploySecrets = reader.secretMap('deploy-secrets');
  required(reader, ['environment', 'target', 'service', 'task']);
  const task = parseTask(reader.yaml('task'));
  const target = matching(reader, 'target', name, 'letters, digits, ., _ and -');
  const [host] = readHosts(reader, target, deploySecrets);
  const secrets = 'environment-secrets';
  return {
    mode: 'run',
    leg: reader.optional('leg') ?? task.name,
    environment: matching(reader, 'environment', /^[^\n\r]{1,255}$/, 'one line of at most 255 characters'),
    target,
    application: matching(reader, 'application', optionalName, 'letters, digits, ., _ and -'),
    composeFile: reader.text('compose-file'),
    service: matching(reader, 'service', name, 'letters, digits, ., _ and -'),
    source: readOptionalSource(reader),
    task,
    host,
    engineDeadline: positive(reader, 'engine-deadline'),
    stopGrace: reader.duration('stop-grace'),
    vars: reader.keyValues('vars'),
    environmentSecrets: parseEnvironmentSecrets(reader.raw(secrets).value, () => reader.list(secrets)),
    deploySecrets,
    registryUsername: reader.text('registry-username'),
    verifyKey: reader.text('verify-key'),
    githubToken: reader.text('github-token'),
  };
}

/** @throws {InputError} naming the member */
export function parseTask(value: unknown): TaskRequest {
  const given = isMapping(value) ? value : {};
  const taskName = textOf(`${input}: name`, given['name'] ?? usualName);
  const form = { input, name: taskName, members, usualDeadline, needsCommand: true };
  return { ...parseOneOff(value, form), files: parseFiles(given['files'] ?? []) };
}

function parseFiles(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > filesLimit) {
    const problem = `files: a list of at most ${filesLimit} paths was expected`;
    throw wrongMember(input, problem, 'Write files: [/app/reports].');
  }
  const paths = value.map((item: unknown) => parsePath(textOf(`${input}: files`, item)));
  const names = paths.map((path) => posix.basename(path));
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice === undefined) return paths;
  const problem = `files: two of the paths end in ${twice}, and only one can be so called in the folder`;
  throw wrongMember(input, problem, 'Name the folder that holds both, or give one of them another name.');
}

function parsePath(text: string): string {
  const path = posix.normalize(text).replace(/\/+$/, '');
  const fits = text.startsWith('/') && path !== '' && text.length <= 1_000 && !/\p{Cc}/u.test(text);
  if (fits && !text.split('/').includes('..')) return path;
  const problem = `files: an absolute path in the container was expected, ${JSON.stringify(text.slice(0, 80))} was found`;
  throw wrongMember(input, problem, 'Write for example /app/reports.');
}
