// Image names: `host[:port]/repository`, as the OCI distribution specification and Docker's reference grammar allow them.
import { InputError } from '../errors.js';

export interface ImageName {
  /** Registry host with its port, as written. */
  readonly host: string;
  readonly repository: string;
  /** `host/repository`. */
  readonly name: string;
  /** Where the registry's API answers: plain HTTP for loopback hosts only. */
  readonly origin: string;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const hostPattern =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]{1,5})?$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const loopbackPattern = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
/** Docker Hub's name differs from the host that answers its API. */
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io']);
const longestRepository = 255;

/** True for hosts on this machine, the only ones spoken to without TLS. */
export function isLoopback(host: string): boolean {
  return loopbackPattern.test(host);
}

/**
 * Parses the `image` input.
 * @param text `host[:port]/repository`, without tag or digest
 * @throws InputError naming what is wrong and the corrected form where there is one
 */
export function parseImageName(text: string): ImageName {
  const slash = text.indexOf('/');
  const host = slash < 0 ? '' : text.slice(0, slash);
  const repository = text.slice(slash + 1);
  if (!looksLikeHost(host)) {
    throw new InputError(
      'image',
      `expected host/repository, found "${text}" without a registry host`,
      `Write the registry's host in front, for example ghcr.io/${repository || 'owner/name'} or docker.io/${repository || 'owner/name'}.`,
    );
  }
  if (!hostPattern.test(host)) {
    throw new InputError(
      'image',
      `"${host}" is not a host name`,
      'Write host or host:port, without https://.',
    );
  }
  checkRepository(text, host, repository);
  const api = hubNames.has(host) ? 'registry-1.docker.io' : host;
  return {
    host,
    repository,
    name: `${host}/${repository}`,
    origin: `${isLoopback(host) ? 'http' : 'https'}://${api}`,
  };
}

function looksLikeHost(host: string): boolean {
  return host === 'localhost' || host.includes('.') || host.includes(':');
}

function checkRepository(text: string, host: string, repository: string): void {
  if (repositoryPattern.test(repository) && repository.length <= longestRepository) return;
  const lower = repository.toLowerCase();
  if (repositoryPattern.test(lower) && lower.length <= longestRepository) {
    throw new InputError(
      'image',
      `"${text}" has capital letters, which registries refuse`,
      `Write ${host}/${lower}.`,
    );
  }
  const bare = lower.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  if (bare !== lower && repositoryPattern.test(bare)) {
    throw new InputError(
      'image',
      `"${text}" carries a tag or digest`,
      `Write ${host}/${bare} here and the tag in tags.`,
    );
  }
  throw new InputError(
    'image',
    `"${repository}" is not a repository name`,
    'Use lower-case letters, digits, and single . _ - or / between them, at most 255 characters.',
  );
}

/**
 * Checks a list of tags and removes repetitions, keeping the order.
 * @param input the input's name, for the message
 * @throws InputError for a tag that registries would refuse
 */
export function parseTags(input: string, tags: readonly string[]): readonly string[] {
  for (const tag of tags) {
    if (!tagPattern.test(tag)) {
      throw new InputError(
        input,
        `"${tag}" is not a tag`,
        'A tag has at most 128 letters, digits, . _ or -, and begins with a letter, digit or _.',
      );
    }
  }
  return [...new Set(tags)];
}

/** True for `sha256:` and 64 lower-case hex digits, the only algorithm accepted here. */
export function isDigest(text: unknown): text is `sha256:${string}` {
  return typeof text === 'string' && digestPattern.test(text);
}
