// The files an environment is made with: compose files, the files they take variables from, pinned host keys, and Terraform's.
import { posix } from 'node:path';
import type { EnvironmentConfiguration } from '@headgate/configuration/schema';
import { sha256Hex } from '@headgate/kit/digest';
import { ActionError } from '@headgate/kit/errors';
import { parseYaml } from '@headgate/kit/yaml';
import type { Members } from './configuration-values.js';
import { failure } from './failures.js';
import { listProjectFolder, readProjectBytes } from './project.js';

type Target = EnvironmentConfiguration['targets'][string];

export interface FileQuestion {
  readonly workspace: string;
  readonly block: EnvironmentConfiguration;
  /** The text a value of headgate.yml stands for. */
  readonly resolve: (value: Target['vars'][string]) => string;
}

/**
 * `file PATH` → digest of its bytes. One that is not there has no member: should it appear later, there is one more.
 * @throws {ActionError} `configuration-unreadable` when it cannot be known which files count.
 */
export function fileMembers(question: FileQuestion): Members {
  const { block, workspace } = question;
  const paths = [
    ...Object.values(block.targets).flatMap((target) => composeFiles(target, question)),
    ...Object.values(block.targets).flatMap((target) => keyFiles(target, question)),
    ...Object.values(block.infrastructure).flatMap((infrastructure) => [
      ...infrastructure['var-files'].map((path) => posix.normalize(path)),
      ...variableFiles(workspace, infrastructure.directory),
    ]),
  ];
  const found = [...new Set(paths)].flatMap((path): (readonly [string, string])[] => {
    const bytes = readProjectBytes(workspace, path);
    return bytes === null ? [] : [[`file ${path}`, `sha256:${sha256Hex(bytes)}`]];
  });
  return Object.fromEntries(found);
}

/** Those that Terraform reads by itself. Source: https://developer.hashicorp.com/terraform/language/values/variables */
function variableFiles(workspace: string, directory: string): readonly string[] {
  return listProjectFolder(workspace, directory)
    .filter((name) => /^terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/.test(name))
    .map((name) => posix.join(directory, name));
}

/** The compose file, and what its service names under `env_file`. */
function composeFiles(target: Target, { workspace, resolve }: FileQuestion): readonly string[] {
  const path = posix.normalize(target.compose);
  const bytes = readProjectBytes(workspace, path);
  if (bytes === null) throw unreadable(path, 'it is not in the repository, or has more than 1 MiB');
  const services = memberOf(readDocument(path, bytes), 'services');
  const listed = memberOf(memberOf(services, target.service), 'env_file');
  const items: readonly unknown[] = Array.isArray(listed) ? listed : listed === undefined ? [] : [listed];
  const vars = new Map(Object.entries(target.vars).map(([name, value]) => [name, resolve(value)]));
  const files = items.map((item) => {
    const text = typeof item === 'string' ? item : memberOf(item, 'path');
    if (typeof text !== 'string') throw unreadable(path, 'an entry of `env_file` is no path');
    return posix.join(posix.dirname(path), filledIn(text, vars, path));
  });
  return [path, ...files];
}

/** Files with the keys of hosts by ssh: what is approved is deployed to these hosts and no others. */
function keyFiles({ ssh, hosts = [] }: Target, { resolve }: FileQuestion): readonly string[] {
  const values = [ssh, ...hosts.map((host) => host.ssh)].flatMap((one) => one?.['known-hosts'] ?? []);
  const texts = values.map((value) => resolve(value).trim());
  // Lines of keys have blanks between their parts, a file's name has none.
  return texts.filter((text) => text !== '' && !/\s/.test(text)).map((text) => posix.normalize(text));
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`, from the target's `vars`. */
function filledIn(text: string, vars: ReadonlyMap<string, string>, path: string): string {
  return text.replace(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::-([^{}$]*))?\}|)/g,
    (_, bare, braced, rest) => {
      const value = vars.get(String(bare ?? braced)) || rest;
      if (value !== undefined) return String(value);
      throw unreadable(
        path,
        `the path ${JSON.stringify(text)} under \`env_file\` has a variable without a value`,
      );
    },
  );
}

function readDocument(path: string, bytes: Buffer): unknown {
  try {
    return parseYaml(bytes.toString('utf8'), { source: path });
  } catch (error) {
    throw error instanceof ActionError ? unreadable(path, error.message) : error;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function unreadable(path: string, problem: string): ActionError {
  const message = `${path} was expected to say which files the environment is made with: ${problem}`;
  return failure('configuration-unreadable', message, `Correct ${path}, or the target in headgate.yml.`);
}
