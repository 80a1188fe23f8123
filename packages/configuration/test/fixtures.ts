// An application to decide about, and the facts of a push; tests change what they are about.
import type { ProjectFiles } from '../src/checks.js';
import type { Facts } from '../src/facts.js';
import { type ReadConfiguration, readConfiguration } from '../src/read.js';

export const shop = `application: shop
registry:
  host: {var: REGISTRY}
  username: robot
images:
  shop:
    target: runtime
    test-targets: [test]
    build-args: {NODE_IMAGE: {var: NODE_IMAGE, default: 'node:24'}}
    build-contexts: {certs: {var: CERTIFICATES, default: ''}}
    secrets: {npmrc: {secret: NPMRC}}
  worker: {}
environments:
  integration:
    branch: development
    url: {var: INTEGRATION_URL}
    targets:
      web:
        compose: compose.yaml
        service: web
        image: shop
        port: 3000
        instances: 2
        proxy: {socket: {var: PROXY_SOCKET}, backend: shop}
        health: {path: /health, interval: 250ms, deadline: 30s}
`;

export const compose = 'services:\n  web: {image: shop}\n  database: {image: postgres}\n';

/** A repository with these files (path → text); folders exist when a file is below them. */
export function filesOf(files: Readonly<Record<string, string>>): ProjectFiles {
  const paths = Object.keys(files);
  return {
    exists: (path) => path === '.' || paths.some((file) => file === path || file.startsWith(`${path}/`)),
    read: (path) => files[path] ?? null,
  };
}

export const shopFiles = filesOf({ Dockerfile: 'FROM scratch', 'compose.yaml': compose });

export function readShop(text: string = shop): ReadConfiguration {
  return readConfiguration(text, 'headgate.yml', shopFiles);
}

export const commit = 'a234567890abcdef1234567890abcdef12345678';
export const tree = 'fedcba0987654321fedcba0987654321fedcba09';

export const variables: ReadonlyMap<string, string> = new Map([
  ['REGISTRY', 'registry.example.com'],
  ['INTEGRATION_URL', 'https://integration.example.com'],
  ['PROXY_SOCKET', '/run/haproxy/admin.sock'],
]);

/** A push to develop of octo/shop, unless said otherwise. */
export function factsOf(overrides: Partial<Facts> = {}): Facts {
  return {
    eventName: 'push',
    event: { kind: 'push', branch: 'develop' },
    ref: 'refs/heads/develop',
    repository: { owner: 'Octo', name: 'shop', url: 'https://github.com/Octo/shop' },
    commit,
    tree,
    attempt: 1,
    tags: ['v1.2.3', 'nightly'],
    commits: 7,
    openPullRequests: [],
    policy: null,
    variables,
    ...overrides,
  };
}
