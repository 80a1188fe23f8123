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
environments:
  integration:
    branch: development
    url: {var: INTEGRATION_URL}
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
`;

/** Path → text of the files that headgate.yml names. */
export const files: Readonly<Record<string, string>> = {
  'services/shop/build/Dockerfile': 'FROM scratch AS test\nFROM scratch AS lint\nFROM scratch AS runtime\n',
  'services/assets/logo.svg': '<svg/>',
  'deploy/compose.yaml': 'services: {web: {image: shop}}\n',
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
