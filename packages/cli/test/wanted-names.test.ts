// The names that a headgate.yml asks GitHub for.
import { checkConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { describe, expect, it } from '@jest/globals';
import { wantedEnvironments } from '../src/github/wanted-environments.js';
import { wantedSecrets, wantedVariables } from '../src/wanted-names.js';

function read(text: string): Configuration {
  const reading = checkConfiguration(text, 'headgate.yml', { exists: () => true, read: () => null });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.configuration;
}

const target = '{compose: c, service: s, image: shop, port: 1, proxy: {socket: {var: SOCKET}, backend: b}';
const whole = read(`application: shop
registry: {host: {var: REGISTRY, default: ghcr.io}}
images:
  shop: {secrets: {npmrc: {secret: NPMRC, optional: true}, token: {secret: TOKEN}}, build-args: {A: {var: ARG}}}
machine-images:
  host: {directory: m, secrets: {key: {secret: KEY}}}
environments:
  integration: {branch: development, targets: {web: ${target}}}}
  staging:
    branch: release
    infrastructure: {main: {directory: i, secret-variables: {p: {secret: PASSWORD}}, secret-environment: {E: {secret: CLOUD}}}}
    targets: {web: ${target}}}
  production:
    branch: production
    approval: {groups: {all: {members: [ada]}}}
    targets: {web: ${target}, secrets: {URL: {secret: DATABASE}}}}
notifications:
  team: {type: smtp, host: {var: SMTP}, from: a@b.c, to: [a@b.c], username: u, password: {secret: MAIL}}
  hook: {type: webhook, url: https://example.com, secret: {secret: SIGN}}
`);

describe('the names that headgate.yml asks for', () => {
  it('are variables without a default, each once', () => {
    expect(wantedVariables(whole)).toEqual(['ARG', 'SMTP', 'SOCKET']);
  });

  it('are secrets that are not optional, where they are needed', () => {
    expect(wantedSecrets(whole)).toEqual([
      { group: 'BUILD_SECRETS', environment: null, members: ['build.KEY', 'build.TOKEN'] },
      ...['staging-plan', 'staging'].map((environment) => ({
        group: 'DEPLOY_SECRETS',
        environment,
        members: ['environment.CLOUD', 'environment.PASSWORD', 'seal-key'],
      })),
      ...['production-plan', 'production'].map((environment) => ({
        group: 'DEPLOY_SECRETS',
        environment,
        members: ['environment.DATABASE', 'seal-key'],
      })),
      { group: 'NOTIFY_SECRETS', environment: null, members: ['MAIL', 'SIGN'] },
    ]);
  });

  it.each([
    [
      'transport: ssh, ssh: {host: p@b, known-hosts: k, key: {secret: KEY}}',
      ['environment.KEY', 'environment.URL'],
    ],
    ['transport: ssh, ssh: {host: p@b, known-hosts: k}', ['environment.URL']],
    ['runner: [a]', ['environment.URL']],
  ])('are those of previews, in an environment of their own: %s', (place, members) => {
    const text = `application: shop
images: {shop: {}}
previews: {compose: c, services: {web: {port: 1}}, address: 'http://{name}', secrets: {U: {secret: URL}}, ${place}}
`;

    expect(wantedSecrets(read(text))).toEqual([{ group: 'DEPLOY_SECRETS', environment: 'preview', members }]);
  });

  it('are none for an application that needs none', () => {
    const plain = read('application: shop\nimages: {shop: {}}\n');

    expect([wantedVariables(plain), wantedSecrets(plain)]).toEqual([[], []]);
  });
});

describe('the environment of previews', () => {
  const previews = (place: string): Configuration =>
    read(`application: shop
branches: {production: main, development: trunk}
previews: {compose: c, services: {web: {port: 1}}, address: 'http://{name}', ${place}}
`);

  it.each([
    ['runner: [a]', ['refs/pull/*/merge'], ['main', 'trunk', 'feature/x']],
    [
      'transport: ssh, ssh: {host: p@b, known-hosts: k}',
      ['refs/pull/*/merge', 'trunk', 'main'],
      ['feature/x'],
    ],
  ])(
    'is for pull requests, and with a key also for what takes previews away: %s',
    (place, patterns, strangers) => {
      expect(wantedEnvironments(previews(place))).toMatchObject([{ name: 'preview', patterns, strangers }]);
    },
  );
});
