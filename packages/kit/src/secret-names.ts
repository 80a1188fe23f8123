// Which names make people expect a secret behind them.

/** The words by which BuildKit's own check goes (SecretsUsedInArgOrEnv), and the short ones it misses. */
const secretWords: ReadonlySet<string> = new Set([
  'apikey',
  'auth',
  'credential',
  'credentials',
  'key',
  'pass',
  'passwd',
  'password',
  'pat',
  'pword',
  'secret',
  'token',
]);
/** Written without an underscore, as NPMTOKEN and PGPASSWORD are. */
const secretEnding = /(?:apikey|passwd|password|secret|token)$/;
const harmlessWords: ReadonlySet<string> = new Set(['public', 'file', 'version']);

/** Whether people would expect a secret behind this name: `NPM_TOKEN` yes, `PUBLIC_KEY` and `TOKEN_FILE` no. */
export function isSecretName(name: string): boolean {
  const words = name.toLowerCase().split('_');
  if (words.some((word) => harmlessWords.has(word))) return false;
  return words.some((word) => secretWords.has(word) || secretEnding.test(word));
}
