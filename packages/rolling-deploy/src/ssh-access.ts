// What a step needs to open a host by ssh: where, whom it trusts to be that host, and what it shows for itself.
import { InputError } from '@headgate/kit/errors';
import { requireSecret, type SecretMap } from '@headgate/kit/secrets';
import { parseSshHost, type SshAddress } from './ssh-address.js';

export interface SshAccess {
  readonly address: SshAddress;
  /** Pinned host keys: the text of a known_hosts file, or a file of the workspace that holds it. */
  readonly knownHosts: KnownHosts;
  /** Private key; null: the agent that SSH_AUTH_SOCK names. */
  readonly key: string | null;
}

export type KnownHosts = { readonly text: string } | { readonly file: string };

export interface SshParts {
  readonly host: string;
  readonly knownHosts: string;
  /** Name under `environment` of deploy-secrets; '' for the member `ssh-key`, else the agent. */
  readonly keyName: string;
  /** What messages call the inputs. */
  readonly names: { readonly host: string; readonly knownHosts: string };
}

/** @throws {InputError | ActionError} `secrets-missing` */
export function readAccess({ host, knownHosts, keyName, names }: SshParts, secrets: SecretMap): SshAccess {
  return {
    address: parseSshHost(host, names.host),
    knownHosts: parseKnownHosts(knownHosts, names.knownHosts),
    key: keyOf(keyName, secrets),
  };
}

function keyOf(name: string, secrets: SecretMap): string | null {
  const key =
    name === '' ? secrets.top('ssh-key') : requireSecret(secrets, 'environment', name, 'deploy-secrets');
  if (key === null || /^-----BEGIN [A-Z ]*PRIVATE KEY-----\s/.test(key.trimStart())) return key;
  throw new InputError(
    'deploy-secrets',
    `${name === '' ? 'ssh-key' : `environment.${name}`} is no private key: it does not begin with a line "-----BEGIN … PRIVATE KEY-----"`,
    'Put the whole file of the key there, as a YAML block (ssh-key: |), line breaks included.',
  );
}

const mostBytes = 256 * 1024;
const line =
  /^(?:@(?:cert-authority|revoked)\s+)?[^\s@][^\s]*\s+[a-z0-9@.-]{3,64}\s+[A-Za-z0-9+/]{16,}={0,3}(?:\s.*)?$/;

/** One word is a file's name; anything else is the text itself, each line of it judged. @throws {InputError} */
export function parseKnownHosts(value: string, input: string): KnownHosts {
  const text = value.trim();
  if (text !== '' && !/\s/.test(text)) return { file: text };
  return { text: checkKnownHosts(text, input) };
}

/** The text as ssh reads it. @throws {InputError} for one without keys, and for a line that is none */
export function checkKnownHosts(text: string, input: string): string {
  const lines = text
    .slice(0, mostBytes)
    .split(/\r\n|\r|\n/)
    .map((one) => one.trim());
  const keys = lines.filter((one) => one !== '' && !one.startsWith('#'));
  const bad = text.length > mostBytes ? 'more than 256 KiB' : keys.find((one) => !line.test(one));
  if (bad === undefined && keys.length > 0) return `${keys.join('\n')}\n`;
  throw new InputError(
    input,
    keys.length === 0
      ? 'the host’s public keys were expected, none was found'
      : `a line "host type key" was expected, ${JSON.stringify((bad ?? '').slice(0, 60))} was found`,
    'Write what `ssh-keyscan HOST` prints, once you have compared it with /etc/ssh/ssh_host_*_key.pub on the host itself; a key that is not known is never accepted.',
  );
}
