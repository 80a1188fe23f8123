// A headgate.yml in which every key is set to something that is not its default, and the event it is decided for.
export const everything = `application: shop
branches:
  production: main
  development: trunk
  feature: topic/
  release: rel/
  hotfix: fix/
  support: sup/
back-merge:
  derived: [{paths: [package-lock.json], run: [npm, install, --package-lock-only], deadline: 2m}]
registry:
  host: {var: REGISTRY}
  username: {var: REGISTRY_USERNAME, default: robot}
signing: {public-key: {var: SIGNING_KEY}}
images:
  shop:
    repository: acme/services/shop
    context: services/shop
    file: build/Dockerfile
    target: runtime
    test-targets: [test, lint]
    test-results: [reports]
    skipped-stages: [e2e]
    cache: registry
    build-record: true
    policy:
      build-tools: error
      package-caches: error
      sources: off
      vcs: warn
      secrets: error
      debug: error
      root-user: error
      set-uid: error
      world-writable: error
      base: same
      allow: [{path: usr/bin/make, reason: it runs builds, classes: [build-tools]}]
    budgets:
      measure: uncompressed
      size: {warn: 90MB, fail: 100MiB}
      growth: {warn: 1MB, fail: 5MB}
      growth-percent: {warn: 2, fail: 5%}
      layers: {warn: 20, fail: 40}
    baseline: develop
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
      review: integration-review
      rollback: pre-approved
    freeze: [{from: '2026-12-24T00:00:00Z', until: '2027-01-02T00:00:00Z', reason: holidays}]
    targets:
      web:
        compose: deploy/compose.yaml
        service: web
        image: shop
        port: 8080
        reach: address
        instances: 3
        strategy:
          type: canary
          steps: [5% for 2m, pause: 1m, 100%]
          pause-deadline: 2h
          analysis:
            detect: 2%
            power: 90%
            undecided: extend
            extend-for: 20m
            latency: {quantile: 99%, worse: 50ms}
            prometheus:
              url: https://prometheus.example.com
              token: PROMETHEUS_TOKEN
              canary-total: 'sum(increase(http_requests_total{container=~"$canary"}[$window]))'
              canary-errors: errors_of_canary
              baseline-total: total_of_baseline
              baseline-errors: errors_of_baseline
              canary-latency: buckets_of_canary
              baseline-latency: buckets_of_baseline
        transport: local
        engine: {var: ENGINE}
        proxy: {socket: {var: PROXY_SOCKET}, backend: {var: BACKEND}}
        health: {path: /ready, interval: 250ms, deadline: 2m}
        drain: 20s
        settle: 3s
        secrets: {DATABASE_URL: {secret: SHOP_DATABASE}}
        vars: {LEVEL: debug, REGION: {var: REGION}}
        hooks:
          before-deploy:
            - {name: migrate, task: {image: shop, command: [node, migrate.js], environment: {MODE: {var: REGION}}}, timeout: 10m, hosts: first}
          after-start: [{command: [node, warm.js]}]
          test-traffic: [{http: {method: HEAD, path: /smoke, status: 204}}]
          before-traffic: [{http: {path: /ready, status: [200, 204]}}]
          after-traffic: [{http: {url: 'https://checks.example.com/shop'}}]
          after-deploy: [{name: tell, http: {method: POST, url: {var: NEWS, default: 'https://news.example.com/'}}}]
          on-rollback: [{command: [node, open.js]}]
        tests:
          smoke: {image: shop, command: [node, smoke.js], environment: {MODE: {var: REGION}}, deadline: 30s}
previews:
  compose: deploy/compose.yaml
  services: {web: {image: shop, port: 8080}}
  runner: [self-hosted, {var: REGION}]
  address: 'https://pr-{number}.example.com'
  bind: 0.0.0.0
  ttl: 24h
  most: 3
  transport: ssh
  ssh: {host: previews@b.example.com, known-hosts: deploy/known_hosts, key: {secret: PREVIEW_KEY}}
  engine: {var: ENGINE}
  health: {path: /ready, interval: 250ms, deadline: 2m}
  vars: {LEVEL: debug}
  secrets: {DATABASE_URL: {secret: PREVIEW_DATABASE}}
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
  [
    'SIGNING_KEY',
    '-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE= -----END PUBLIC KEY-----',
  ],
  ['CERTIFICATES', '/etc/ssl/certs'],
  ['INTEGRATION_URL', 'https://integration.example.com'],
  ['ENGINE', 'unix:///run/docker.sock'],
  ['PROXY_SOCKET', '/run/haproxy/admin.sock'],
  ['BACKEND', 'shop:web'],
  ['REGION', 'eu'],
]);

/** The strategies and hosts that the one target of `everything` cannot have too. */
export const otherTargets = `
environments:
  integration:
    targets:
      slow: {keep-releases: 3, strategy: {type: rolling, surge: 25%, unavailable: 1, batch: 2}}
      sure: {strategy: {type: blue-green, keep-warm: 1m}}
      some:
        strategy:
          type: ab
          header: X-Variant
          value: b
          map: /etc/haproxy/ab.map
          for: 1h
          then: back
          analysis:
            detect: 5%
            power: 99%
            undecided: undo
            extend-for: 5m
            latency: {quantile: 90%, worse: 10%}
            prometheus:
              url: http://prometheus:9090
              token: PROMETHEUS_TOKEN
              canary-total: a
              canary-errors: b
              baseline-total: c
              baseline-errors: d
              canary-latency: e
              baseline-latency: f
      others: {strategy: {type: ab, cookie: variant, value: b, for: 1h}}
      away:
        ssh: {host: deploy@a.example.com, known-hosts: known_hosts, key: {secret: SSH_KEY}}
        hosts: [{name: a}, {name: b}]
        wave: 50%
        on-failure: hold
        on-cancel: hold
      alone: {allow-gap: true}
`;
