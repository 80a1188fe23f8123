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

/** An application with everything on its way to production. */
export const fleet = `application: shop
registry: {host: registry.example.com}
images: {shop: {}, smoke: {}}
machine-images:
  host:
    directory: machine-image
    template: host.pkr.hcl
    var-files: [host.pkrvars.hcl]
    variables: {base: {var: BASE, default: 'debian:12'}}
    secrets: {token: {secret: PACKER_TOKEN}}
    builders: [docker.host, file.motd]
    smoke: {docker.host: [./smoke.sh, '{id}']}
    deadline: 20m
environments:
  integration:
    branch: development
    infrastructure: {main: {directory: infrastructure}}
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 1, proxy: {socket: /s, backend: b}}}
  staging:
    branch: release
    infrastructure:
      main:
        directory: infrastructure
        tool: tofu
        workspace: staging
        var-files: [infrastructure/staging.tfvars]
        variables: {size: {var: SIZE, default: small}}
        secret-variables: {password: {secret: DB_PASSWORD}}
        secret-environment: {AWS_ACCESS_KEY_ID: {secret: AWS_KEY}}
        backend-config: {bucket: states}
        lock: false
        machine-images: true
    targets:
      web:
        compose: compose.yaml
        service: web
        image: shop
        port: 1
        proxy: {socket: /s, backend: b}
        tests:
          smoke: {image: smoke, command: [node, smoke.js], environment: {MODE: {var: MODE, default: quick}}, deadline: 30s}
          own: {command: ['true']}
  production:
    branch: production
    url: https://shop.example.com
    infrastructure: {main: {directory: infrastructure, workspace: production}}
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 1, proxy: {socket: /s, backend: b}}}
    approval:
      groups:
        engineering: {members: [ada, ben]}
        operations: {members: [cleo, dan], quorum: 2}
      expires: 12h
    freeze: [{from: '2026-12-24T00:00:00Z', until: '2027-01-02T00:00:00Z', reason: holidays}]
notifications:
  team:
    type: smtp
    host: {var: SMTP_HOST, default: mail.example.com}
    port: {var: SMTP_PORT, default: '2525'}
    from: shop@example.com
    to: [team@example.com]
    username: robot
    password: {secret: MAIL_PASSWORD}
    required: true
  hook: {type: webhook, url: {secret: HOOK_URL}, secret: {secret: HOOK_KEY}, on: [released], allow: [private]}
`;

export const fleetFiles = filesOf({
  Dockerfile: 'FROM scratch',
  'compose.yaml': compose,
  'machine-image/host.pkr.hcl': '',
  'machine-image/host.pkrvars.hcl': '',
  'infrastructure/main.tf': '',
  'infrastructure/staging.tfvars': '',
});

export function readFleet(text: string = fleet): ReadConfiguration {
  return readConfiguration(text, 'headgate.yml', fleetFiles);
}

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
    lastRelease: 'v1.2.3',
    remoteBranches: [],
    push: null,
    commits: 7,
    openPullRequests: [],
    policy: null,
    variables,
    ...overrides,
  };
}
