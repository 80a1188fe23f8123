// The login that docker/login-action left: in the docker client's configuration, or in the helper it names there.
import { accountKeys, readDockerConfig, storedAccount } from '@headgate/image/docker-account';
import { object } from '@headgate/image/json';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Credentials } from '@headgate/kit/registry/login';

const helperTimeoutMs = 20_000;
const helperPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

type LoginDeps = Pick<Deps, 'env' | 'run' | 'signal' | 'core'>;

/** The login of `docker login HOST`; null where there is none, or it cannot be used here. */
export async function findDockerLogin(host: string, deps: LoginDeps): Promise<Credentials | null> {
  const config = await readDockerConfig(deps.env);
  for (const key of accountKeys(host)) {
    const helper = object(config['credHelpers'])[key] ?? config['credsStore'];
    const login =
      (typeof helper === 'string' ? await askHelper(helper, key, deps) : null) ?? storedAccount(config, key);
    if (login === null) continue;
    deps.core.setSecret(login.password);
    return login;
  }
  return null;
}

/** The credential helper protocol: the server on stdin, JSON on stdout. */
async function askHelper(helper: string, server: string, deps: LoginDeps): Promise<Credentials | null> {
  if (!helperPattern.test(helper)) return null;
  try {
    const answer = await deps.run(
      { file: `docker-credential-${helper}`, args: ['get'], input: server },
      { signal: deps.signal, timeoutMs: helperTimeoutMs },
    );
    const { Username: username, Secret: password } = answer.code === 0 ? parseObject(answer.stdout) : {};
    if (typeof username !== 'string' || typeof password !== 'string' || password === '') return null;
    return username === '<token>' ? null : { username, password };
  } catch (problem) {
    if (problem instanceof ActionError && problem.code === 'tool-missing') return null;
    throw problem;
  }
}

function parseObject(text: string): ReturnType<typeof object> {
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
}
