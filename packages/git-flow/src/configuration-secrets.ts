// The secrets that reach a container or a Terraform variable, as digests that tell nothing without the seal key.
import type { EnvironmentConfiguration } from '@headgate/configuration/schema';
import { canonicalJson, hmac } from '@headgate/kit/digest';
import { createSealKey, deriveKey } from '@headgate/kit/seal-key';
import { requireSecret, type SecretMap } from '@headgate/kit/secrets';
import type { Members } from './configuration-values.js';
import { failure } from './failures.js';

/** Names under `environment` of deploy-secrets, sorted. Credentials (`secret-environment`, registries) do not count. */
export function boundSecrets(block: EnvironmentConfiguration): readonly string[] {
  const references = [
    ...Object.values(block.targets).flatMap(({ secrets }) => Object.values(secrets)),
    ...Object.values(block.infrastructure).flatMap((each) => Object.values(each['secret-variables'])),
  ];
  return [...new Set(references.map(({ secret }) => secret))].sort((a, b) => (a < b ? -1 : 1));
}

/**
 * `secret NAME` → HMAC-SHA-256 of name and value, with a key that HKDF makes from the seal key for this environment
 * alone (source: trust.md, 'Subject of an approval').
 * @throws {ActionError} `seal-key-missing`, `seal-key-weak`, `secrets-missing`
 */
export function secretMembers(
  environment: string,
  block: EnvironmentConfiguration,
  secrets: SecretMap,
): Members {
  const names = boundSecrets(block);
  if (names.length === 0) return {};
  const key = secrets.top('seal-key');
  if (key === null) {
    const message = `deploy-secrets: seal-key was expected, to bind ${names.join(', ')} to the approval without telling them; ${secrets.empty ? 'it is empty' : 'it has no such member'}`;
    const hint =
      'Add seal-key (openssl rand -base64 32) to DEPLOY_SECRETS of the environment and of its -plan environment, the same in both; also create a repository secret DEPLOY_SECRETS holding {} so that the name is passed on.';
    throw failure('seal-key-missing', message, hint);
  }
  const derived = deriveKey(createSealKey(key), `configuration ${environment}`);
  return Object.fromEntries(
    names.map((name) => {
      const value = requireSecret(secrets, 'environment', name, 'deploy-secrets');
      return [`secret ${name}`, `sha256:${hmac(derived, canonicalJson([name, value]))}`];
    }),
  );
}
