// Files that hold credentials: by name, and by what their first bytes say.
import { isSecretName } from '@headgate/kit/secret-names';
import { describesSecret, isPlaceholder } from './placeholder.js';
import { type PathFacts, pathFacts } from './policy-path.js';

/** As many bytes of a file as `looksSecret` reads. */
export const headBytes = 8 * 1024;

/** By the end of `/path`: always a credential, or one if its content says so. */
const certain =
  /\/(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.git-credentials|\.vault-token|\.pgpass|_netrc|\.netrc|\.dockercfg|\.htpasswd|\.aws\/credentials|\.docker\/config\.json|containers\/auth\.json|\.kube\/config|kubeconfig|gh\/hosts\.yml|\.composer\/auth\.json|\.cargo\/credentials(?:\.toml)?|\.pypirc|gcloud\/(?:credentials\.db|application_default_credentials\.json)|\.azure\/accessTokens\.json|terraform\.tfstate(?:\.backup)?|ssh_host_[a-z0-9]{1,10}_key|credentials\.tfrc\.json)$/;
const likely =
  /\/(?:\.env(?:\.[\w-]{1,40})?|\.npmrc|\.yarnrc(?:\.yml)?|\.my\.cnf|\.m2\/settings\.xml|\.terraformrc|\.git\/config|auth\.json|pip\.conf|\.gem\/credentials|nuget\.config|service[-_]account[\w-]{0,40}\.json|secrets?\.(?:ya?ml|json|toml|properties))$/i;
/** Credentials without a name in front. */
const unstructured = /\/(?:\.vault-token|\.htpasswd|credentials\.db|terraform\.tfstate(?:\.backup)?)$/;
/** Unreadable as text: their name is all there is. */
const keyStores: ReadonlySet<string> = new Set(['p12', 'pfx', 'jks', 'keystore', 'kdbx', 'ppk']);
const keyFiles: ReadonlySet<string> = new Set(['pem', 'key', 'asc', 'pk8', 'p8']);
const sampleFile = /\.(?:example|sample|template|dist|tmpl|defaults?|schema)$/i;
const testFolder = /\/(?:tests?|spec|fixtures?|examples?|testdata|demo|docs?)\//;

/** Whether the first bytes of this file are worth keeping for `looksSecret`. */
export function wantsHead(path: string): boolean {
  return wantsHeadOf(pathFacts(path));
}

export function wantsHeadOf({ tail, extension, name }: PathFacts): boolean {
  const wanted = keyFiles.has(extension) || certain.test(tail) || likely.test(tail);
  return wanted && !sampleFile.test(name);
}

/** What the file is by its name alone; null where only its content could tell. */
export function secretByName({ slashed, tail, name, extension, dependency }: PathFacts): string | null {
  const what = nameOnly(tail, extension);
  return what === null || sampleFile.test(name) || dependency || testFolder.test(slashed) ? null : what;
}

function nameOnly(tail: string, extension: string): string | null {
  if (certain.test(tail)) return 'a file of credentials';
  if (keyStores.has(extension)) return 'a key store';
  return /\/\.env(?:\.[\w-]{1,40})?$/.test(tail) ? 'a file of environment values' : null;
}

/**
 * What the file is by its first bytes; null where they hold no secret, or placeholders only.
 * @param head up to `headBytes`; more is not read
 */
export function looksSecret(path: string, head: Buffer): string | null {
  const { slashed, tail, dependency, name } = pathFacts(path);
  if (sampleFile.test(name) || (dependency && testFolder.test(slashed))) return null;
  const text = head.subarray(0, headBytes).toString('latin1');
  if (holdsPrivateKey(text)) return 'a private key';
  if (!certain.test(tail) && !likely.test(tail)) return null;
  const holds = unstructured.test(tail) ? text.trim() !== '' : holdsCredential(text);
  return holds ? 'a file of credentials' : null;
}

/** RFC 7468; OpenSSH and PGP have the same shape. An example has no key between the lines. */
function holdsPrivateKey(text: string): boolean {
  const begin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g;
  for (const match of text.matchAll(begin)) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 400);
    if (/[A-Za-z0-9+/]{40}/.test(after)) return true;
  }
  return text.startsWith('PuTTY-User-Key-File-');
}

const pairs =
  /([A-Za-z_][\w.-]{0,80})["']?[ \t]{0,8}[=:][ \t]{0,8}("[^"\r\n]{0,4096}"|'[^'\r\n]{0,4096}'|[^\s"',;]{1,4096})/g;
const values: readonly RegExp[] = [
  // .netrc
  /\bpassword[ \t]{1,8}([^\s=:]\S{0,4096})/g,
  // settings.xml of Maven
  /<password>([^<]{1,400})</g,
  // an address with a user's password
  /:\/\/[^\s:@/]{1,200}:([^\s@/]{1,400})@/g,
  // .git/config as actions/checkout writes it
  /AUTHORIZATION: ?\w{1,10} (\S{1,4096})/gi,
  // .pgpass: host:port:database:user:password
  /^[^:\s#]{1,200}:[\d*]{1,5}:[^:\s]{1,100}:[^:\s]{1,100}:(\S{1,400})/gm,
];

function holdsCredential(text: string): boolean {
  for (const [, key = '', value = ''] of text.matchAll(pairs))
    if (isSecretKey(key) && !isPlaceholder(value)) return true;
  return values.some((pattern) =>
    [...text.matchAll(pattern)].some(([, value = '']) => !isPlaceholder(value)),
  );
}

function isSecretKey(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[.-]/g, '_');
  return isSecretName(words) && !describesSecret(words);
}
