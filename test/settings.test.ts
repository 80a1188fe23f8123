// What `decide` hands to the actions is what the actions take: a whole headgate.yml, through to each action's own reader.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as approve from '../packages/approval-gate/src/inputs.js';
import type { Decision, Leg, NewsKind } from '../packages/configuration/src/decision.js';
import { readContentRules } from '../packages/docker-multistage-build/src/content-rules.js';
import * as build from '../packages/docker-multistage-build/src/inputs.js';
import { parseYaml } from '../packages/kit/src/yaml.js';
import * as notify from '../packages/notify/src/inputs.js';
import * as machine from '../packages/packer-image/src/inputs.js';
import * as deploy from '../packages/rolling-deploy/src/inputs.js';
import { readModeInputs } from '../packages/rolling-deploy/src/modes.js';
import * as terraform from '../packages/terraform-plan-apply/src/inputs.js';
import { decideFor, type Given, readLeg } from './decided.js';
import { everything, otherTargets, variables } from './everything.js';

const workflow = (name: string): string =>
  readFileSync(new URL(`../workflows/${name}.yml`, import.meta.url), 'utf8');
const builds = { specs: build.inputSpecs, readInputs: build.readInputs };
const deploys = { specs: deploy.inputSpecs, readInputs: deploy.readInputs };
const previews = { specs: deploy.inputSpecs, readInputs: readModeInputs };
const machines = { specs: machine.inputSpecs, readInputs: machine.readInputs };
const plans = { specs: terraform.inputSpecs, readInputs: terraform.readInputs };
const approvals = { specs: approve.inputSpecs, readInputs: approve.readInputs };
const news = { specs: notify.inputSpecs, readInputs: notify.readInputs };
const others = parseYaml(otherTargets, { source: 'others' });
const record = { 'record-artifact-id': '7', 'record-digest': `sha256:${'c'.repeat(64)}` };
const buildSecrets = JSON.stringify({
  registries: { 'registry.example.com:5000': 'a registry password' },
  build: { NPMRC: 'an npmrc with a token', TOKEN: 'a token for the build' },
});
const asImage = (leg: Leg): build.Inputs =>
  readLeg(builds, leg, { 'build-secrets': buildSecrets, 'github-token': 'token' }).inputs;
const asTarget = (leg: Leg): deploy.Inputs =>
  readLeg(deploys, leg, { 'record-artifact-id': '7', 'record-digest': `sha256:${'c'.repeat(64)}` }).inputs;
const only = (legs: readonly Leg[]): Leg => {
  const [leg] = legs;
  if (leg === undefined || legs.length !== 1) throw new Error(`${legs.length} legs, one was expected`);
  return leg;
};

describe('a headgate.yml with everything set', () => {
  it('really has every key that there is', () => {
    const schema: unknown = JSON.parse(
      readFileSync(new URL('../schemas/headgate.schema.json', import.meta.url), 'utf8'),
    );

    expect(unsetKeys(schema, [parseYaml(everything, { source: 'everything' }), others])).toEqual([]);
  });

  it('would be told from one that lacks a key, also one of a channel', () => {
    const schema: unknown = JSON.parse(
      readFileSync(new URL('../schemas/headgate.schema.json', import.meta.url), 'utf8'),
    );
    const text = everything.replace('    allow: [private]\n', '').replace('        lock: false\n', '');

    expect(unsetKeys(schema, [parseYaml(text, { source: 'less' }), others])).toEqual([
      '/environments/*/infrastructure/*/lock',
      '/notifications/*/webhook/allow',
    ]);
  });

  it('gives an image leg whose every setting the build action reads, as it was written', () => {
    const leg = only(decideFor().images);

    expect(readLeg(builds, leg, { 'build-secrets': buildSecrets }).unread).toEqual([]);
    expect(asImage(leg)).toMatchObject({
      leg: 'shop',
      context: 'services/shop',
      file: 'build/Dockerfile',
      target: 'runtime',
      testTargets: ['test', 'lint'],
      skippedStages: ['e2e'],
      cache: { kind: 'registry' },
      buildRecord: true,
      baseline: 'develop',
      buildArgs: new Map([
        ['NODE_IMAGE', 'node:24'],
        ['MODE', 'fast'],
      ]),
      buildContexts: new Map([
        ['certs', '/etc/ssl/certs'],
        ['assets', 'services/assets'],
      ]),
      network: 'host',
      platforms: ['linux/amd64', 'linux/arm64'],
      secrets: [
        { id: 'npmrc', source: { kind: 'map', name: 'NPMRC' }, optional: true },
        { id: 'token', source: { kind: 'map', name: 'TOKEN' }, optional: false },
      ],
      image: { name: 'registry.example.com:5000/acme/services/shop' },
      registryUsername: 'robot',
      tags: [expect.stringMatching(/^1\.3\.0-dev\.7\.a+$/)],
      movingTags: ['trunk'],
      publish: true,
      imageKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('gives an image leg whose rules the gate reads, as they were written', () => {
    const { policy, budgets } = readContentRules(asImage(only(decideFor().images)));

    expect(policy).toMatchObject({ base: 'same', levels: { sources: 'off', vcs: 'warn', debug: 'error' } });
    expect(policy.allow.map(({ reason }) => reason)).toEqual(['it runs builds']);
    expect(budgets).toMatchObject({
      measure: 'uncompressed',
      limits: { size: { fail: { value: 104_857_600 } }, layers: { warn: { value: 20 } } },
    });
  });

  it('gives a preview whose every setting the deploy action reads, as it was written', () => {
    const pull = {
      kind: 'pull-request',
      number: 7,
      head: 'topic/a',
      base: 'trunk',
      untrusted: null,
    } as const;
    const previewOf = (closed: boolean): Leg => {
      const { preview } = decideFor({ facts: { eventName: 'pull_request', event: { ...pull, closed } } });
      if (preview === null) throw new Error('a preview was expected');
      return preview;
    };
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb25l\n-----END OPENSSH PRIVATE KEY-----\n';
    const secrets = { 'deploy-secrets': JSON.stringify({ environment: { PREVIEW_KEY: key } }) };
    const ssh = {
      address: { user: 'previews', host: 'b.example.com', port: 22 },
      knownHosts: { file: 'deploy/known_hosts' },
      key,
    };
    const shown = readLeg(previews, previewOf(false), { ...record, ...secrets });
    const gone = readLeg(previews, previewOf(true), secrets);

    expect([shown.unread, gone.unread]).toEqual([[], []]);
    expect(shown.inputs).toMatchObject({
      mode: 'preview',
      leg: 'preview',
      application: 'shop',
      pullRequest: 7,
      composeFile: 'deploy/compose.yaml',
      services: [{ name: 'web', image: { kind: 'record', name: 'shop' }, port: 8080 }],
      address: 'https://pr-{number}.example.com',
      bind: '0.0.0.0',
      ttl: 24 * 3_600_000,
      most: 3,
      host: { engine: 'unix:///run/docker.sock', ssh },
      healthPath: '/ready',
      healthInterval: 250,
      healthDeadline: 120_000,
      vars: new Map([['LEVEL', 'debug']]),
      environmentSecrets: new Map([['DATABASE_URL', 'PREVIEW_DATABASE']]),
      registryUsername: 'robot',
      verifyKey: variables.get('SIGNING_KEY'),
    });
    expect(gone.inputs).toMatchObject({
      mode: 'preview-reap',
      pullRequest: 7,
      dryRun: false,
      host: { engine: 'unix:///run/docker.sock', ssh },
    });
  });

  it('gives a target leg whose every setting the deploy action reads, as it was written', () => {
    const leg = only(decideFor().targets);

    expect(readLeg(deploys, leg, {}).unread).toEqual([]);
    expect(asTarget(leg)).toMatchObject({
      leg: 'web',
      environment: 'integration',
      target: 'web',
      application: 'shop',
      composeFile: 'deploy/compose.yaml',
      service: 'web',
      source: { image: { kind: 'record', name: 'shop' }, record: { artifactId: '7' } },
      port: 8080,
      instances: 3,
      strategy: {
        kind: 'canary',
        steps: [
          { percent: 5, forMs: 120_000, pauses: [{ kind: 'time', forMs: 60_000 }] },
          { percent: 100, forMs: null },
        ],
        pauseDeadlineMs: 7_200_000,
        analysis: {
          detect: 0.02,
          power: 0.9,
          undecided: 'extend',
          extendMs: 1_200_000,
          latency: { quantile: 0.99, worse: { value: 50, unit: 'ms' } },
          prometheus: { url: 'https://prometheus.example.com', token: 'PROMETHEUS_TOKEN' },
        },
      },
      engine: 'unix:///run/docker.sock',
      proxySocket: '/run/haproxy/admin.sock',
      proxyBackend: 'shop:web',
      healthPath: '/ready',
      healthInterval: 250,
      healthDeadline: 120_000,
      settle: 3_000,
      drainDeadline: 20_000,
      vars: new Map([
        ['LEVEL', 'debug'],
        ['REGION', 'eu'],
      ]),
      environmentSecrets: new Map([['DATABASE_URL', 'SHOP_DATABASE']]),
      registryUsername: 'robot',
      verifyKey: variables.get('SIGNING_KEY'),
      environmentUrl: 'https://integration.example.com',
      tests: [
        {
          name: 'smoke',
          imageName: 'shop',
          command: ['node', 'smoke.js'],
          environment: new Map([['MODE', 'eu']]),
          deadlineMs: 30_000,
        },
      ],
      hooks: [
        {
          point: 'before-deploy',
          name: 'migrate',
          deadlineMs: 600_000,
          onFirstHost: true,
          work: {
            kind: 'task',
            imageName: 'shop',
            task: { command: ['node', 'migrate.js'], environment: new Map([['MODE', 'eu']]) },
          },
        },
        { point: 'after-start', work: { kind: 'command', command: ['node', 'warm.js'] }, onFirstHost: false },
        { point: 'test-traffic', work: { kind: 'http', method: 'HEAD', to: '/smoke', expected: [204] } },
        {
          point: 'before-traffic',
          work: { kind: 'http', method: 'GET', to: '/ready', expected: [200, 204] },
        },
        {
          point: 'after-traffic',
          work: { kind: 'http', to: 'https://checks.example.com/shop', expected: [] },
        },
        { point: 'after-deploy', name: 'tell', work: { method: 'POST', to: 'https://news.example.com/' } },
        { point: 'on-rollback', work: { kind: 'command', command: ['node', 'open.js'] } },
      ],
    });
  });

  describe('of a target by ssh', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nnone\n-----END OPENSSH PRIVATE KEY-----\n';
    const secrets = JSON.stringify({ environment: { SSH_KEY: key } });
    const known = 'host-1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKk9YbGB3sAmnwCkbFKxCyLpVpzcNcUPO5tQ5GbdCYGn';
    const by = (lines: string): string =>
      everything.replace('        transport: local\n', `        transport: ssh\n${lines}`);
    const ssh = '        ssh: {host: {var: HOST}, known-hosts: {var: KNOWN}, key: {secret: SSH_KEY}}\n';
    const variables = { HOST: 'deploy@[2001:db8::1]:2222', KNOWN: `# two\n${known}\n` };

    it('gives a leg whose every setting the deploy action reads', () => {
      const { inputs, unread } = readLeg(deploys, only(decideFor({ text: by(ssh), variables }).targets), {
        ...record,
        'deploy-secrets': secrets,
      });

      expect(unread).toEqual([]);
      expect(inputs).toMatchObject({
        ssh: {
          address: { user: 'deploy', host: '2001:db8::1', port: 2222 },
          knownHosts: { text: `${known}\n` },
          key,
        },
        hosts: [{ name: 'web', engine: 'unix:///run/docker.sock' }],
        wave: { value: 1, unit: 'instances' },
        onFailure: 'undo',
        onCancel: 'undo',
      });
    });

    it('gives its hosts, each with what differs, as they were written', () => {
      const lines = `        ssh: {known-hosts: deploy/known_hosts, key: {secret: SSH_KEY}}
        hosts:
          - {name: a, ssh: {host: deploy@a.example.com}}
          - {name: b, ssh: {host: ops@b, known-hosts: ${JSON.stringify(known)}}, engine: /run/b.sock, proxy: {socket: /run/b/admin.sock, backend: two}}
          - {name: c, transport: local}
        wave: 50%
        on-failure: hold
        on-cancel: hold
`;
      const { inputs, unread } = readLeg(deploys, only(decideFor({ text: by(lines) }).targets), {
        ...record,
        'deploy-secrets': secrets,
      });

      expect(unread).toEqual([]);
      expect(inputs).toMatchObject({
        hosts: [
          { name: 'a', ssh: { address: { user: 'deploy' }, knownHosts: { file: 'deploy/known_hosts' } } },
          {
            name: 'b',
            ssh: { address: { user: 'ops' }, knownHosts: { text: `${known}\n` }, key },
            engine: '/run/b.sock',
            proxySocket: '/run/b/admin.sock',
            proxyBackend: 'two',
          },
          { name: 'c', ssh: null, proxySocket: '/run/haproxy/admin.sock' },
        ],
        wave: { value: 50, unit: 'percent' },
        onFailure: 'hold',
        onCancel: 'hold',
      });
    });

    it('never gives a host that the action would refuse', () => {
      const word = fc.string({ unit: fc.constantFrom(...'ab1.-_@:[]% $/'), maxLength: 10 });
      const host = fc.oneof(
        word,
        fc.tuple(word, word).map((parts) => parts.join('@')),
      );
      const socket = word.map((text) => `/${text}`);
      let taken = 0;
      fc.assert(
        fc.property(host, socket, socket, (address, engine, proxy) => {
          const given = { ...variables, HOST: address, ENGINE: engine, PROXY_SOCKET: proxy };
          for (const leg of decided({ text: by(ssh), variables: given })?.targets ?? []) {
            taken += 1;
            expect(readLeg(deploys, leg, { ...record, 'deploy-secrets': secrets }).inputs.ssh).not.toBeNull();
          }
        }),
        {
          numRuns: 500,
          examples: [
            ['a@b:22', '/a', '/b'],
            ['-oProxyCommand=x@b', '/a', '/b'],
            ['a@-b', '/a', '/b'],
          ],
        },
      );
      expect(taken).toBeGreaterThan(0);
    });
  });

  it('gives a machine image leg whose every setting the packer action reads, as it was written', () => {
    const event = { kind: 'push', branch: 'rel/1.3.0' } as const;
    const leg = only(decideFor({ facts: { event, ref: 'refs/heads/rel/1.3.0' } }).machineImages);
    const secrets = JSON.stringify({ build: { PACKER_TOKEN: 'a token for packer' } });

    const { inputs, unread } = readLeg(machines, leg, { 'build-secrets': secrets });
    expect(unread).toEqual([]);
    expect(inputs).toMatchObject({
      leg: 'host',
      directory: 'machines/host',
      template: 'host.pkr.hcl',
      varFiles: ['host.pkrvars.hcl'],
      variables: new Map([['base', 'debian:12']]),
      secrets: new Map([['token', 'PACKER_TOKEN']]),
      environment: ['DOCKER_HOST'],
      builders: ['docker.host', 'file.motd'],
      only: ['docker.*'],
      except: ['file.old'],
      manifest: 'made.json',
      smoke: { each: new Map([['docker.host', ['./smoke.sh', '{id}']]]) },
      deadlineMs: 20 * 60_000,
    });
  });

  it.each([
    ['plan', record],
    ['apply', { ...record, 'plan-digest': `sha256:${'d'.repeat(64)}`, leg: 'infrastructure/main' }],
  ] as const)('gives a plan leg whose every setting the terraform action reads to %s', (mode, passed) => {
    const secrets = JSON.stringify({ 'seal-key': 'a seal key that is long enough', environment: {} });
    const given = { ...passed, mode, 'deploy-secrets': secrets, 'github-token': 'token' };

    const { inputs, unread } = readLeg(plans, only(decideFor().plans), given);
    expect(unread.filter((name) => name !== 'leg')).toEqual([]);
    expect(inputs).toMatchObject({
      mode,
      leg: mode === 'plan' ? 'main' : 'infrastructure/main',
      environment: 'integration',
      tool: 'tofu',
      directory: 'infrastructure',
      workspace: 'integration',
      varFiles: ['infrastructure/integration.tfvars'],
      variables: { plain: { size: 'small', region: 'eu' }, secret: new Map([['password', 'DB_PASSWORD']]) },
      machineImagesVariable: 'machine_images',
      secretEnvironment: new Map([['AWS_ACCESS_KEY_ID', 'AWS_KEY']]),
      passEnvironment: ['AWS_REGION'],
      backendConfig: new Map([['bucket', 'states']]),
      lock: false,
      seal: true,
    });
  });

  it.each(['request', 'wait'])('gives an approval leg whose every setting the gate reads to %s', (mode) => {
    const { approval } = decideFor();
    const given = { ...record, mode, version: '1.3.0', 'github-token': 'token' };

    const { inputs, unread } = readLeg(approvals, only(approval === null ? [] : [approval]), given);
    expect(unread).toEqual([]);
    expect(inputs).toMatchObject({
      leg: 'integration',
      environment: 'integration',
      policy: {
        groups: [
          { name: 'engineering', members: ['ada', 'ben'], quorum: 1 },
          { name: 'operations', members: ['cleo', 'dan'], quorum: 2 },
        ],
        exclude: ['actor', 'merger'],
        excludeAuthors: true,
        expires: 12 * 3_600_000,
      },
      parkAfter: 4 * 3_600_000,
      interval: 30_000,
    });
  });

  it.each<[NewsKind, readonly string[]]>([
    ['approval-requested', ['team']],
    ['deployed', ['team', 'hook']],
    ['failed', ['team']],
  ])('gives news of %s whose every setting notify reads, as it was written', (kind, names) => {
    const settings = decideFor().notifications[kind];
    const secrets = JSON.stringify({
      MAIL_PASSWORD: 'a mail password',
      HOOK_URL: 'https://hooks.example.com/T/B',
      HOOK_KEY: 'whsec_dGhlIGtleSB0aGF0IHNpZ25zIGl0IGFsbA==',
    });

    expect(settings).toBeDefined();
    const leg = { stage: 'notify', name: kind, leg: '0'.repeat(12), settings: settings ?? {} } as const;
    const { inputs, unread } = readLeg(news, leg, { 'notify-secrets': secrets });
    expect(unread).toEqual([]);
    expect(inputs).toMatchObject({
      leg: kind,
      event: kind,
      data: { application: 'shop', environment: 'integration' },
    });
    expect(inputs.channels.map(({ name }) => name)).toEqual(names);
    expect(inputs.channels[0]).toEqual({
      name: 'team',
      required: true,
      type: 'smtp',
      host: 'mail.example.com',
      port: 2525,
      from: { name: 'Shop', address: 'shop@example.com' },
      to: [
        { name: '', address: 'team@example.com' },
        { name: '', address: 'boss@example.com' },
      ],
      startTls: 'required',
      login: { username: 'robot', password: 'MAIL_PASSWORD' },
      caFile: 'deploy/ca.pem',
    });
    expect(inputs.channels.slice(1)).toEqual(
      names.slice(1).map((name) => ({
        name,
        required: true,
        type: 'webhook',
        url: { kind: 'secret', name: 'HOOK_URL' },
        secret: 'HOOK_KEY',
        allow: ['private'],
      })),
    );
  });

  it.each<[string, Given]>([
    [
      'a feature branch',
      { facts: { event: { kind: 'push', branch: 'topic/x' }, ref: 'refs/heads/topic/x' } },
    ],
    ['a release', { facts: { event: { kind: 'push', branch: 'rel/1.3.0' }, ref: 'refs/heads/rel/1.3.0' } }],
    ['a fork', { facts: pullRequestFacts('the pull request comes from the fork mallory/shop') }],
    ['a pull request', { facts: pullRequestFacts(null) }],
  ])('gives legs that the actions take for %s', (_, given) => {
    const { images, targets, publish, trusted }: Decision = decideFor(given);
    const passed: Record<string, string> = trusted ? { 'build-secrets': buildSecrets } : {};

    const read = readLeg(builds, only(images), passed);
    expect(read.unread).toEqual([]);
    expect(read.inputs.publish).toBe(publish);
    expect(read.inputs.secrets.length).toBe(trusted ? 2 : 0);
    for (const leg of targets) expect(readLeg(deploys, leg, {}).unread).toEqual([]);
  });

  it('needs nothing else from the workflows than inputs the actions have', () => {
    expect(
      passedIn('images', 'docker-multistage-build').filter((name) => !(name in build.inputSpecs)),
    ).toEqual([]);
    expect(passedIn('roll-out', 'rolling-deploy').filter((name) => !(name in deploy.inputSpecs))).toEqual([]);
    expect(passedIn('images', 'docker-multistage-build')).toContain('settings');
    expect(passedIn('roll-out', 'rolling-deploy')).toContain('settings');
  });
});

describe('whatever `decide` lets through', () => {
  const part = fc.string({ unit: fc.constantFrom(...'ab9.-_/:@A '), minLength: 1, maxLength: 12 });

  it('of registry hosts and repositories, the build action takes too', () => {
    fc.assert(
      fc.property(part, part, (host, place) => {
        const text = everything.replace('acme/services/shop', JSON.stringify(place));
        const legs = decided({ text, variables: { REGISTRY: host } })?.images ?? [];
        for (const leg of legs) expect(asImage({ ...leg, settings: withoutLogin(leg) }).publish).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('of engines, proxies and addresses, the deploy action takes too', () => {
    const place = fc.string({ unit: fc.constantFrom(...'ab/:.;\\ -'), maxLength: 8 });
    const socket = fc.oneof(
      place,
      place.map((text) => `/${text}`),
    );
    const engine = fc.oneof(
      socket,
      fc
        .constantFrom('unix://', 'tcp://', 'ssh://', 'npipe:')
        .chain((scheme) => place.map((text) => scheme + text)),
    );
    fc.assert(
      fc.property(engine, socket, place, (one, two, backend) => {
        const given = { variables: { ENGINE: one, PROXY_SOCKET: two, BACKEND: backend } };
        for (const leg of decided(given)?.targets ?? []) expect(asTarget(leg).target).toBe('web');
      }),
      { numRuns: 300, examples: [['unix:///a', '/ ', 'a']] },
    );
  });

  it('of strategies, the deploy action takes too', () => {
    const most = <T>(good: readonly T[], ...bad: readonly T[]) =>
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...good) },
        { weight: 1, arbitrary: fc.constantFrom(...bad) },
      );
    const some = <T>(good: readonly T[], ...bad: readonly T[]) =>
      fc.option(most(good, ...bad), { nil: undefined });
    const time = some(['30s', '1h30m'], '0s', '10', '');
    const share = some(['0.001%', '1%', '99.999%'], '0%', '100%', '5');
    const step = most<unknown>(
      ['0.01% for 1s', '5% for 0s', '25.5% for 5m', '100%', '100% for 1m', 'pause: 1m', { pause: '10m' }],
      ...['5%', '101% for 1m', 'pause:approval', 'pause: 0s', 'pause', { pause: 'approval' }, { pause: '' }],
    );
    const query = most(['up', 'sum(a)\nor b'], '');
    const histogram = some(['up'], '');
    const prometheus = fc.record({
      url: most(['https://a.example/b/', 'http://a:9090'], 'http://u:p@a', 'a'),
      token: some(['TOKEN'], '1 2'),
      'canary-total': query,
      'canary-errors': query,
      'baseline-total': query,
      'baseline-errors': query,
      'canary-latency': histogram,
      'baseline-latency': histogram,
    });
    const latency = fc.record({
      quantile: some(['50%'], '90%', '0%'),
      worse: some(['20%', '50ms'], '0s', ''),
    });
    const analysis = fc.record({
      detect: share,
      power: share,
      undecided: some(['pass', 'extend', 'undo'], 'wait'),
      'extend-for': time,
      latency: fc.option(latency, { nil: undefined }),
      prometheus: fc.option(prometheus, { nil: undefined, freq: 2 }),
    });
    const judged = fc.option(analysis, { nil: undefined });
    const grows = [
      '0.5% for 1m',
      '5% for 0s',
      { pause: '10m' },
      '25.5% for 1h',
      'pause: 1m',
      '99% for 1s',
      '100%',
    ];
    const canary = fc.record({
      type: fc.constant('canary'),
      steps: fc.oneof(fc.subarray<unknown>(grows), fc.array(step, { maxLength: 4 })),
      'pause-deadline': time,
      analysis: judged,
    });
    const name = most(['X-Variant', 'a'], 'a.b', '_c', '', 'a b', 'a\r\nb');
    const members = fc.record({
      value: most(['b', 'b_1.2-c'], 'b;c', '', 'b\u0000'),
      for: most(['1m'], '0s', '10'),
      map: some(['/a/b.map'], 'a', '/a b'),
      analysis: judged,
    });
    const ends = some(['promote', 'back'], 'undo');
    const ab = fc
      .tuple(most(['header', 'cookie'], 'sign'), name, ends, members)
      .map(([key, value, end, others]) =>
        Object.fromEntries([['type', 'ab'], [key, value], ['then', end], ...Object.entries(others)]),
      );
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(canary, ab), (strategy) => {
        const written = `        strategy: ${JSON.stringify(strategy)}\n`;
        const text = everything.replace(
          / {8}strategy:\n {10}type: canary\n[\s\S]*?(?= {8}transport:)/,
          written,
        );
        for (const leg of decided({ text })?.targets ?? []) {
          taken += 1;
          expect(asTarget(leg).strategy.kind).toBe(strategy['type']);
        }
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('of mail servers, addresses and webhooks, notify takes too', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab1.-_@:<> /"'), maxLength: 10 });
    const address = fc.oneof(
      word,
      word.map((text) => `${text}@example.com`),
      word.map((text) => `${text} <a@b.example>`),
    );
    const url = fc.oneof(
      word,
      word.map((text) => `https://${text}`),
    );
    const secrets = JSON.stringify({ MAIL_PASSWORD: 'a mail password', HOOK_KEY: 'a key that signs it all' });
    let taken = 0;
    fc.assert(
      fc.property(word, fc.stringMatching(/^[0-9]{0,6}$/), address, url, (host, port, to, hook) => {
        const text = everything.replace('url: {secret: HOOK_URL}', 'url: {var: HOOK}');
        const variables = { SMTP_HOST: host, SMTP_PORT: port, TEAM: to, HOOK: hook };
        const settings = decided({ text, variables })?.notifications.deployed;
        if (settings === undefined) return;
        taken += 1;
        const leg = { stage: 'notify', name: 'deployed', leg: '0'.repeat(12), settings } as const;
        expect(readLeg(news, leg, { 'notify-secrets': secrets }).inputs.channels).toHaveLength(2);
      }),
      { numRuns: 300, examples: [['a', '25', 'a@example.com', 'https://a']] },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('of times and quorums, the approval gate takes too', () => {
    const time = fc.stringMatching(/^[0-9]{1,4}(ms|s|m|h)$/);
    let taken = 0;
    fc.assert(
      fc.property(time, time, time, fc.integer({ min: 0, max: 4 }), (expires, park, interval, quorum) => {
        const text = everything
          .replace('expires: 12h', `expires: ${expires}`)
          .replace('park-after: 4h', `park-after: ${park}`)
          .replace('interval: 30s', `interval: ${interval}`)
          .replace('quorum: 2', `quorum: ${quorum}`);
        const approval = decided({ text })?.approval ?? null;
        if (approval === null) return;
        taken += 1;
        const { inputs } = readLeg(approvals, approval, { ...record, mode: 'wait', 'github-token': 'token' });
        expect(inputs.mode).toBe('wait');
      }),
      { numRuns: 500, examples: [['12h', '4h', '30s', 2]] },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('of paths, names and commands, packer, Terraform and the tests of a target take too', () => {
    const path = fc.string({ unit: fc.constantFrom(...'ab./-_ *'), minLength: 1, maxLength: 6 });
    const event = { kind: 'push', branch: 'rel/1.3.0' } as const;
    const release = { event, ref: 'refs/heads/rel/1.3.0' };
    fc.assert(
      fc.property(path, path, path, (one, two, three) => {
        const text = everything
          .replace('[docker.host, file.motd]', JSON.stringify([one]))
          .replace('manifest: made.json', `manifest: ${JSON.stringify(two)}`)
          .replace('workspace: integration', `workspace: ${JSON.stringify(three)}`)
          .replace('[node, smoke.js]', JSON.stringify([two, three]));
        for (const leg of decided({ text, facts: release })?.machineImages ?? [])
          expect(readLeg(machines, leg, {}).inputs.builders).toEqual([one]);
        const here = decided({ text });
        for (const leg of here?.plans ?? [])
          expect(readLeg(plans, leg, { ...record, mode: 'plan' }).inputs.workspace).toBe(three);
        for (const leg of here?.targets ?? []) expect(asTarget(leg).tests[0]?.command).toEqual([two, three]);
      }),
      { numRuns: 300, examples: [['docker.*', 'm.json', 'blue']] },
    );
  });

  it('of times, the deploy action takes too', () => {
    const time = fc.stringMatching(/^[0-9]{1,3}(ms|s|m|h|d|)$/);
    fc.assert(
      fc.property(time, time, time, (interval, deadline, drain) => {
        const text = everything
          .replace('interval: 250ms, deadline: 2m', `interval: ${interval}, deadline: ${deadline}`)
          .replace('drain: 20s', `drain: ${drain}`)
          .replace('settle: 3s', `settle: ${drain}`);
        for (const leg of decided({ text })?.targets ?? [])
          expect(asTarget(leg).healthInterval).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

/** The decision, or null where headgate.yml or a variable is refused with words. */
function decided(given: Given): Decision | null {
  try {
    return decideFor(given);
  } catch (problem) {
    expect(problem).toMatchObject({
      code: expect.stringMatching(/^invalid-/),
      hint: expect.stringMatching(/./),
    });
    return null;
  }
}

/** The password of these tests belongs to one registry. */
function withoutLogin({ settings }: Leg): Leg['settings'] {
  return { ...settings, 'registry-username': '' };
}

function pullRequestFacts(untrusted: string | null): NonNullable<Given['facts']> {
  const event = {
    kind: 'pull-request',
    number: 3,
    head: 'topic/x',
    base: 'trunk',
    untrusted,
    closed: false,
  } as const;
  return { eventName: 'pull_request', event, ref: 'refs/pull/3/merge' };
}

/** Names under `with:` of the one step of a workflow that uses an action of ours. */
function passedIn(name: string, action: string): readonly string[] {
  const after = workflow(name).split(`uses: $/packages/${action}\n`)[1] ?? '';
  const block = /^ {8}with:\n((?: {10}.*\n)+)/.exec(after)?.[1] ?? '';
  return [...block.matchAll(/^ {10}([a-z-]+):/gm)].map(([, key]) => key ?? '');
}

/** Paths of the schema's keys that no member of a document sets. */
function unsetKeys(schema: unknown, values: readonly unknown[], path = ''): readonly string[] {
  if (!isObject(schema)) return [];
  const { properties, additionalProperties } = schema;
  const options = schema['oneOf'] ?? schema['anyOf'];
  const members = values.filter(isObject);
  if (Array.isArray(options)) return options.flatMap((option) => unsetOption(option, members, path));
  const known = isObject(properties) ? Object.entries(properties) : [];
  const valuesOf = (key: string): readonly unknown[] =>
    members.flatMap((member) => (key in member ? [member[key]] : []));
  const own = known.flatMap(([key, each]) => {
    const given = valuesOf(key);
    return given.length === 0 ? [`${path}/${key}`] : unsetKeys(each, given, `${path}/${key}`);
  });
  const further = isObject(additionalProperties)
    ? unsetKeys(additionalProperties, members.flatMap(Object.values), `${path}/*`)
    : [];
  return [...own, ...further];
}

/** One of several forms that say which they are; other choices, such as a text or a variable, have no keys of ours. */
function unsetOption(
  option: unknown,
  members: readonly Record<string, unknown>[],
  path: string,
): readonly string[] {
  const properties = isObject(option) && isObject(option['properties']) ? option['properties'] : {};
  const type = isObject(properties['type']) ? properties['type']['const'] : undefined;
  if (typeof type !== 'string') return [];
  const mine = members.filter((member) => member['type'] === type);
  return unsetKeys(option, mine, `${path}/${type}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
