// Build secrets on their way to the builder: files only we can read, in the step's private folder, gone after the build.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { maskSecret, requireSecret, type SecretMap } from '@headgate/kit/secrets';
import type { SecretFile } from './build-command.js';
import { failure } from './failures.js';
import type { BuildSecret } from './secret-sources.js';

export interface WrittenSecrets {
  readonly files: readonly SecretFile[];
  /** For redaction of what leaves the log. */
  readonly values: readonly string[];
  /** The same by the ids of `secrets`. */
  readonly mounted: readonly { readonly name: string; readonly value: string }[];
}

/** Shorter values would blank half the log, so they are not masked. */
const shortestMasked = 8;

/**
 * Masks every secret and writes it with mode 0600.
 * @param known the build-secrets map; its `build` group holds the values
 * @throws ActionError `secret-missing`
 */
export async function writeSecretFiles(
  secrets: readonly BuildSecret[],
  known: SecretMap,
  deps: Pick<Deps, 'core' | 'env' | 'context' | 'temporary'>,
): Promise<WrittenSecrets> {
  const resolved: { readonly id: string; readonly value: string | Uint8Array }[] = [];
  for (const secret of secrets) {
    const value = await resolveSecret(secret, known, deps);
    if (value === null) deps.core.info(`The optional secret ${secret.id} has no value and is left out.`);
    else resolved.push({ id: secret.id, value });
  }
  for (const { value } of resolved) mask(value, deps.core);
  const files: SecretFile[] = [];
  for (const [index, { id, value }] of resolved.entries()) {
    const path = join(deps.temporary, `secret-${index}`);
    await writeFile(path, value, { mode: 0o600, flag: 'wx' });
    files.push({ id, path });
  }
  const mounted = resolved.map(({ id, value }) => ({ name: id, value: textOf(value) }));
  return { files, values: mounted.map(({ value }) => value), mounted };
}

/** Removes what `writeSecretFiles` wrote. */
export async function removeSecretFiles(files: readonly SecretFile[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file.path, { force: true })));
}

/** The value, or null for an optional secret without one. @throws ActionError `secrets-missing` */
async function resolveSecret(
  secret: BuildSecret,
  known: SecretMap,
  deps: Pick<Deps, 'env' | 'context'>,
): Promise<string | Uint8Array | null> {
  try {
    return await findValue(secret, known, deps);
  } catch (problem) {
    if (secret.optional && problem instanceof ActionError && problem.code === 'secrets-missing') return null;
    throw problem;
  }
}

async function findValue(
  secret: BuildSecret,
  known: SecretMap,
  deps: Pick<Deps, 'env' | 'context'>,
): Promise<string | Uint8Array> {
  const { id, source } = secret;
  switch (source.kind) {
    case 'value':
      return source.value;
    case 'map':
      return requireSecret(known, 'build', source.name, 'build-secrets');
    case 'env': {
      const value = deps.env[source.name];
      if (value === undefined || value === '')
        return missing(id, `the variable ${source.name} is not set`, `Set ${source.name} in the step's env.`);
      return value;
    }
    case 'file': {
      const path = isAbsolute(source.path) ? source.path : join(deps.context.workspace, source.path);
      return await readFile(path).catch((cause: unknown) =>
        missing(id, `the file ${source.path} cannot be read`, 'Write the file before this step.', cause),
      );
    }
  }
}

function missing(id: string, problem: string, hint: string, cause?: unknown): never {
  throw failure('secrets-missing', `secrets: ${id} has no value: ${problem}.`, hint, cause);
}

function mask(value: string | Uint8Array, core: Pick<Deps['core'], 'setSecret'>): void {
  const text = textOf(value);
  if (text.trim().length >= shortestMasked) maskSecret(text, (form) => core.setSecret(form));
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
}
