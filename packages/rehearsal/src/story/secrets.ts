// The secrets of a rehearsal: those that headgate.yml names, with values made for this rehearsal alone.
import { randomBytes } from 'node:crypto';
import type { Configuration, NotificationConfiguration } from '@headgate/configuration/schema';

/** Passwords of the real parts, and the user's npm settings ('' for none). */
export interface KnownSecrets {
  /** Host of the registry → password. */
  readonly registries: Readonly<Record<string, string>>;
  readonly mailPassword: string;
  /** As PEM; it goes where headgate.yml wants images signed. */
  readonly signingKey: string;
  readonly npmrc: string;
}

/** Secrets by their names on GitHub; each a YAML map, written as JSON. */
export type SecretTexts = Readonly<Record<string, string>>;

/**
 * The repository's own. DEPLOY_SECRETS is empty: it makes the name present, so that an environment's own takes its
 * place (source: trust.md, 'Secrets').
 */
export function repositorySecrets(configuration: Configuration, known: KnownSecrets): SecretTexts {
  const { registries, npmrc, signingKey } = known;
  const named = secretNames([configuration.images, configuration['machine-images']]);
  const build = { ...madeUp(named), ...(npmrc === '' ? {} : { NPMRC: npmrc }) };
  return {
    BUILD_SECRETS: JSON.stringify({
      registries,
      build,
      ...(configuration.signing === undefined ? {} : { 'signing-key': signingKey }),
    }),
    DEPLOY_SECRETS: '{}',
    NOTIFY_SECRETS: JSON.stringify(notifySecrets(configuration, known.mailPassword)),
  };
}

/** One environment's, the same for its plan: the key that seals plans, and what its services and variables ask for. */
export function environmentSecrets(
  environment: Configuration['environments'][string],
  { registries }: KnownSecrets,
): SecretTexts {
  const text = {
    'seal-key': randomBytes(32).toString('base64'),
    registries,
    environment: madeUp(secretNames(environment)),
  };
  return { DEPLOY_SECRETS: JSON.stringify(text) };
}

/** Those of the environment `preview`, also before headgate.yml has any: a story may turn previews on. */
export function previewSecrets(
  previews: Configuration['previews'],
  { registries }: KnownSecrets,
): SecretTexts {
  const text = { registries, environment: madeUp(secretNames(previews)) };
  return { DEPLOY_SECRETS: JSON.stringify(text) };
}

function notifySecrets({ notifications }: Configuration, mailPassword: string): Record<string, string> {
  return Object.assign(
    {},
    ...Object.values(notifications).map((channel) => channelSecrets(channel, mailPassword)),
  );
}

/** A webhook's secret address leads nowhere: a rehearsal tells nobody outside. */
function channelSecrets(channel: NotificationConfiguration, mailPassword: string): Record<string, string> {
  if (channel.type === 'smtp')
    return channel.password === undefined ? {} : { [channel.password.secret]: mailPassword };
  const address = typeof channel.url === 'object' && 'secret' in channel.url ? channel.url.secret : null;
  return {
    [channel.secret.secret]: `whsec_${randomBytes(32).toString('base64')}`,
    ...(address === null ? {} : { [address]: nowhere }),
  };
}

/** Nothing listens on loopback's port 9 (discard). */
export const nowhere = 'https://127.0.0.1:9/rehearsal';

/** Names in every `{secret: NAME}` that is not optional. */
function secretNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(secretNames);
  if (typeof value !== 'object' || value === null) return [];
  const { secret, optional } = value as { readonly secret?: unknown; readonly optional?: unknown };
  if (typeof secret === 'string') return optional === true ? [] : [secret];
  return Object.values(value).flatMap(secretNames);
}

function madeUp(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, randomBytes(18).toString('base64url')]));
}
