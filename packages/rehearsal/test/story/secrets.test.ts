// Which secrets a rehearsal makes up, and which places they are in.
import { readConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { createSealKey } from '@headgate/kit/seal-key';
import { describe, expect, it } from '@jest/globals';
import { environmentSecrets, repositorySecrets, type SecretTexts } from '../../src/story/secrets.js';

const known = {
  registries: { '127.0.0.1:5000': 'registry password' },
  mailPassword: 'mail password',
  signingKey: 'a private key',
  npmrc: '',
};

const text = `application: shop
registry: {host: {var: REGISTRY}}
images: {shop: {secrets: {npmrc: {secret: NPMRC, optional: true}, token: {secret: TOKEN}}}}
environments:
  staging:
    branch: release
    infrastructure:
      main:
        directory: infrastructure
        secret-variables: {password: {secret: DATABASE_PASSWORD}}
    targets:
      web: {compose: compose.yaml, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}
notifications:
  team: {type: smtp, host: {var: H}, from: a@b.c, to: [d@e.f], username: u, password: {secret: SMTP_PASSWORD}}
  hook: {type: webhook, url: {secret: HOOK_URL}, secret: {secret: HOOK_KEY}}
`;

const read = (source: string): Configuration =>
  readConfiguration(source, 'headgate.yml', { exists: () => true, read: () => null }).configuration;

const mapOf = (texts: SecretTexts, name: string): unknown => JSON.parse(texts[name] ?? '');

function staging(): Configuration['environments'][string] {
  const environment = read(text).environments['staging'];
  if (environment === undefined) throw new Error('it is in the text');
  return environment;
}

describe('the repository’s secrets', () => {
  it('hold a key to sign with where headgate.yml has one to verify with', () => {
    const signed = text.replace('images:', 'signing: {public-key: {var: SIGNING_KEY}}\nimages:');

    expect(mapOf(repositorySecrets(read(signed), known), 'BUILD_SECRETS')).toMatchObject({
      'signing-key': known.signingKey,
    });
    expect(mapOf(repositorySecrets(read(text), known), 'BUILD_SECRETS')).not.toHaveProperty('signing-key');
  });

  it('are values made up for every name that is asked for, and the real parts’ own', () => {
    const texts = repositorySecrets(read(text), known);

    expect(mapOf(texts, 'BUILD_SECRETS')).toEqual({
      registries: known.registries,
      build: { TOKEN: expect.stringMatching(/^[\w-]{24}$/) },
    });
    expect(mapOf(texts, 'NOTIFY_SECRETS')).toEqual({
      SMTP_PASSWORD: 'mail password',
      HOOK_URL: 'https://127.0.0.1:9/rehearsal',
      HOOK_KEY: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
  });

  it('hold the name of the environments’ own, and nothing in it, as the guide has it', () => {
    expect(repositorySecrets(read(text), known)['DEPLOY_SECRETS']).toBe('{}');
  });

  it('bring the user’s npm settings where there are some', () => {
    const texts = repositorySecrets(read(text), { ...known, npmrc: 'registry=https://npm.example.com' });

    expect(mapOf(texts, 'BUILD_SECRETS')).toMatchObject({
      build: { NPMRC: 'registry=https://npm.example.com' },
    });
  });
});

describe('an environment’s secrets', () => {
  it('have a seal key, what its variables ask for, and the registry’s password', () => {
    const map = mapOf(environmentSecrets(staging(), known), 'DEPLOY_SECRETS') as {
      readonly 'seal-key': string;
    };

    expect(createSealKey(map['seal-key']).material).toHaveLength(32);
    expect(map).toMatchObject({
      registries: known.registries,
      environment: { DATABASE_PASSWORD: expect.stringMatching(/^[\w-]{24}$/) },
    });
  });

  it('are others for each environment and each rehearsal', () => {
    const key = (): unknown => mapOf(environmentSecrets(staging(), known), 'DEPLOY_SECRETS');

    expect(key()).not.toEqual(key());
  });
});
