// Which login a registry gets, and that the job's token reaches no registry but GitHub's.

import { beforeAll, describe, expect, it } from '@jest/globals';
import { findCredentials } from '../../src/registry/account.js';
import { parseImageName } from '../../src/registry/reference.js';
import { parseSecretMap } from '../../src/secrets.js';
import { loadYaml } from '../../src/yaml-loader.js';

beforeAll(loadYaml);

const token = 'ghs_of_the_job';
const passwords = 'registries: {registry.example: given-password, ghcr.io: package-password}';

function login(
  image: string,
  { secrets = '', account = null as string | null, job = token as string | null },
) {
  const buildSecrets = parseSecretMap(secrets, { name: 'build-secrets', setSecret: () => undefined });
  return findCredentials(parseImageName(image), {
    buildSecrets,
    registryUsername: account,
    githubToken: job,
  });
}

describe('findCredentials', () => {
  it.each([
    ['the account with its password', { secrets: passwords, account: 'ci' }, 'ci', 'package-password'],
    ['the job’s token without a password', { account: 'acme' }, 'acme', token],
    ['the job’s token without an account', {}, 'x-access-token', token],
  ])('gives ghcr.io %s', (_, given, username, password) => {
    expect(login('ghcr.io/acme/shop', given)).toEqual({ username, password });
  });

  it.each([
    ['registry.example/acme/shop', { account: 'ci' }],
    ['ghcr.io.example/acme/shop', { account: 'ci' }],
    ['127.0.0.1:5000/ghcr.io/shop', {}],
    ['ghcr.io/acme/shop', { job: null }],
  ])('gives %s nothing when build-secrets has no password for it', (image, given) => {
    expect(login(image, given)).toBeNull();
  });

  it('refuses a password without an account', () => {
    expect(() => login('registry.example/acme/shop', { secrets: passwords })).toThrow(
      'build-secrets has a password for registry.example, but no account is named',
    );
  });
});
