// What a child process may see of our environment: an allow-list, so that tokens and inputs stay here.

const names: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'CURL_CA_BUNDLE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'SSH_AUTH_SOCK',
]);
export type Environment = Readonly<Record<string, string | undefined>>;

const prefixes = ['LC_', 'XDG_', 'BUILDX_'] as const;

/**
 * The part of `env` a child gets. Never ACTIONS_*, GITHUB_*, INPUT_*, STATE_* or RUNNER_*: a tool that runs
 * foreign code (a build, a provisioner, a plan) must not find tokens or inputs there.
 */
export function childEnvironment(env: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && isAllowed(name)) result[name] = value;
  }
  return result;
}

function isAllowed(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
