// A headgate.yml in which every key is set to something that is not its default, and the event it is decided for.
export const everything = `application: shop
branches:
  production: main
  development: trunk
  feature: topic/
  release: rel/
  hotfix: fix/
  support: sup/
registry:
  host: {var: REGISTRY}
  username: {var: REGISTRY_USERNAME, default: robot}
images:
  shop:
    repository: acme/services/shop
    context: services/shop
    file: build/Dockerfile
    target: runtime
    test-targets: [test, lint]
    platforms: [linux/amd64, linux/arm64]
    build-args: {NODE_IMAGE: {var: NODE_IMAGE, default: 'node:24'}, MODE: fast}
    build-contexts: {certs: {var: CERTIFICATES}, assets: services/assets}
    network: host
    secrets:
      npmrc: {secret: NPMRC, optional: true}
      token: {secret: TOKEN}
machine-images:
  host:
    directory: machines/host
    template: host.pkr.hcl
    var-files: [host.pkrvars.hcl]
    variables: {base: {var: BASE, default: 'debian:12'}}
    secrets: {token: {secret: PACKER_TOKEN}}
    environment: [DOCKER_HOST]
    builders: [docker.host, file.motd]
    only: [docker.*]
    except: [file.old]
    manifest: made.json
    smoke: {docker.host: [./smoke.sh, '{id}']}
    deadline: 20m
environments:
  integration:
    branch: development
    url: {var: INTEGRATION_URL}
    infrastructure:
      main:
        directory: infrastructure
        tool: {var: TOOL, default: tofu}
        workspace: integration
        var-files: [infrastructure/integration.tfvars]
        variables: {size: small, region: {var: REGION}}
        secret-variables: {password: {secret: DB_PASSWORD}}
        secret-environment: {AWS_ACCESS_KEY_ID: {secret: AWS_KEY}}
        pass-environment: [AWS_REGION]
        backend-config: {bucket: {var: STATES, default: states}}
        lock: false
        machine-images: true
    approval:
      groups:
        engineering: {members: [ada, ben], quorum: 1}
        operations: {members: [cleo, dan], quorum: 2}
      exclude: [actor, merger]
      exclude-authors: true
      expires: 12h
      park-after: 4h
      interval: 30s
    freeze: [{from: '2026-12-24T00:00:00Z', until: '2027-01-02T00:00:00Z', reason: holidays}]
    targets:
      web:
        compose: deploy/compose.yaml
        service: web
        image: shop
        port: 8080
        instances: 3
        transport: local
        engine: {var: ENGINE}
        proxy: {socket: {var: PROXY_SOCKET}, backend: {var: BACKEND}}
        health: {path: /ready, interval: 250ms, deadline: 2m}
        drain: 20s
        settle: 3s
        secrets: {DATABASE_URL: {secret: SHOP_DATABASE}}
        vars: {LEVEL: debug, REGION: {var: REGION}}
        tests:
          smoke: {image: shop, command: [node, smoke.js], environment: {MODE: {var: REGION}}, deadline: 30s}
notifications:
  team:
    type: smtp
    host: {var: SMTP_HOST, default: mail.example.com}
    port: {var: SMTP_PORT, default: '2525'}
    from: Shop <shop@example.com>
    to: [{var: TEAM, default: team@example.com}, boss@example.com]
    starttls: required
    username: robot
    password: {secret: MAIL_PASSWORD}
    ca-file: deploy/ca.pem
    on: [approval-requested, deployed, failed]
    required: true
  hook:
    type: webhook
    url: {secret: HOOK_URL}
    secret: {secret: HOOK_KEY}
    allow: [private]
    on: [deployed]
    required: true
`;

/** Path → text of the files that headgate.yml names. */
export const files: Readonly<Record<string, string>> = {
  'services/shop/build/Dockerfile': 'FROM scratch AS test\nFROM scratch AS lint\nFROM scratch AS runtime\n',
  'services/assets/logo.svg': '<svg/>',
  'deploy/compose.yaml': 'services: {web: {image: shop}}\n',
  'machines/host/host.pkr.hcl': '',
  'machines/host/host.pkrvars.hcl': '',
  'infrastructure/integration.tfvars': '',
};

export const variables: ReadonlyMap<string, string> = new Map([
  ['REGISTRY', 'registry.example.com:5000'],
  ['CERTIFICATES', '/etc/ssl/certs'],
  ['INTEGRATION_URL', 'https://integration.example.com'],
  ['ENGINE', 'unix:///run/docker.sock'],
  ['PROXY_SOCKET', '/run/haproxy/admin.sock'],
  ['BACKEND', 'shop:web'],
  ['REGION', 'eu'],
]);
