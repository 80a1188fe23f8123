import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../src/decide.js';
import type { Decision } from '../src/decision.js';
import { parseDecision } from '../src/decision-schema.js';
import type { Facts, FlowEvent } from '../src/facts.js';
import { factsOf, readShop, shop, tree, variables } from './fixtures.js';

function decided(overrides: Partial<Facts>, text?: string): Decision {
  return decide(factsOf(overrides), readShop(text));
}

function push(branch: string): Partial<Facts> {
  return { event: { kind: 'push', branch }, ref: `refs/heads/${branch}` };
}

function pull(overrides: Partial<Extract<FlowEvent, { kind: 'pull-request' }>> = {}): Partial<Facts> {
  const event = {
    kind: 'pull-request',
    number: 5,
    head: 'feature/x',
    base: 'develop',
    untrusted: null,
    closed: false,
  } as const;
  return { eventName: 'pull_request', ref: 'refs/pull/5/merge', event: { ...event, ...overrides } };
}

const staging = `${shop}  staging:
    branch: release
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 1, proxy: {socket: /s, backend: b}}}
`;

describe('the routing table', () => {
  const rows: readonly (readonly [
    string,
    Partial<Facts>,
    string,
    readonly string[],
    boolean,
    string | null,
  ])[] = [
    ['a feature push', push('feature/x'), 'feature', ['images'], false, null],
    ['a pull request to develop', pull(), 'pull-request', ['images'], false, null],
    ['a push to develop', push('develop'), 'development', ['images', 'deploy'], true, 'integration'],
    ['a release push', push('release/1.3.0'), 'release', ['images', 'deploy', 'finish'], true, 'staging'],
    ['a hotfix push', push('hotfix/1.2.4'), 'hotfix', ['images', 'deploy', 'finish'], true, 'staging'],
    ['a support push', push('support/1.1'), 'support', ['images'], false, null],
    [
      'a merge queue',
      { eventName: 'merge_group', event: { kind: 'merge-group', branch: 'q', base: 'develop' } },
      'pull-request',
      ['images'],
      false,
      null,
    ],
  ];

  it.each(rows)('%s', (_, facts, kind, stages, publish, environment) => {
    const decision = decided(facts, staging);

    expect(decision.branchKind).toBe(kind);
    expect(decision.stages.filter(({ expected }) => expected).map(({ stage }) => stage)).toEqual(stages);
    expect([decision.publish, decision.environment, decision.nothing]).toEqual([publish, environment, null]);
    expect(decision.images.map(({ name }) => name)).toEqual(['shop', 'worker']);
    expect(decision.targets.map(({ name }) => name)).toEqual(stages.includes('deploy') ? ['web'] : []);
  });

  const covered = { openPullRequests: [{ number: 7, base: 'develop' }] };
  const idle: readonly (readonly [string, Partial<Facts>, RegExp])[] = [
    ['a feature push with an open pull request', { ...push('feature/x'), ...covered }, /^covered by #7/],
    [
      'an unknown branch',
      push('wip'),
      /^wip: it is none of the branches of the flow \(master, develop, feature\/\*/,
    ],
    ['a bare prefix', push('feature/'), /none of the branches/],
    [
      'a deleted branch',
      { event: { kind: 'deleted', branch: 'feature/x' } },
      /^the branch feature\/x was deleted/,
    ],
    ['a tag', { event: { kind: 'tag', tag: 'v1.0.0' } }, /^the tag v1.0.0 was pushed/],
    ['a closed pull request', pull({ closed: true }), /^#5 was closed/],
    [
      'a comment',
      { eventName: 'issue_comment', event: { kind: 'other' } },
      /^a comment only goes on with a run that waits for approval/,
    ],
    [
      'a dispatch of a tag',
      { eventName: 'workflow_dispatch', event: { kind: 'other' } },
      /workflow_dispatch/,
    ],
    [
      'a dispatch of production',
      { eventName: 'workflow_dispatch', event: { kind: 'dispatch', branch: 'master' } },
      /^master: a run is started by hand only on develop, release\/\* and hotfix\/\*/,
    ],
    [
      'a dispatch of a feature',
      { eventName: 'workflow_dispatch', event: { kind: 'dispatch', branch: 'feature/x' } },
      /started by hand only/,
    ],
    [
      'pull_request_target',
      { eventName: 'pull_request_target', event: { kind: 'other' } },
      /code of strangers/,
    ],
  ];

  it.each(idle)('%s: nothing to do, and why', (_, facts, reason) => {
    const decision = decided(facts);

    expect(decision.nothing).toMatch(reason);
    expect(decision.stages.every(({ expected }) => !expected)).toBe(true);
    expect([decision.images, decision.targets, decision.publish, decision.environment]).toEqual([
      [],
      [],
      false,
      null,
    ]);
  });

  it('a pull request into another base does not cover a push: its run may never start', () => {
    expect(
      decided({ ...push('feature/x'), openPullRequests: [{ number: 7, base: 'feature/y' }] }).nothing,
    ).toBeNull();
  });

  it('an open pull request does not stop develop or a release', () => {
    expect(decided({ ...push('develop'), ...covered }).nothing).toBeNull();
    expect(decided({ ...push('release/1.3.0'), ...covered }).nothing).toBeNull();
  });

  it('without images there is nothing to do', () => {
    expect(decided({}, 'application: shop\n').nothing).toBe('headgate.yml lists no images');
  });

  it('a schedule looks for drift, also where nothing is built, and does nothing else', () => {
    const event: FlowEvent = { kind: 'schedule', branch: 'develop' };
    for (const text of [undefined, 'application: shop\n']) {
      const decision = decided({ eventName: 'schedule', event }, text);

      expect(decision).toMatchObject({ drift: true, nothing: null, publish: false, environment: null });
      expect(decision.stages.every(({ expected }) => !expected)).toBe(true);
      expect([decision.images, decision.targets]).toEqual([[], []]);
    }
  });

  it('a merge queue into production asks for the evidence, as its pull requests do', () => {
    const event: FlowEvent = { kind: 'merge-group', branch: 'q', base: 'master' };
    const decision = decided({ eventName: 'merge_group', event });

    expect(decision).toMatchObject({ evidence: 'verify', images: [], branchKind: 'pull-request' });
  });

  it('an environment that is not there is not deployed to', () => {
    const decision = decided(push('release/1.3.0'));

    expect(decision.targets).toEqual([]);
    expect(decision.stages.find(({ stage }) => stage === 'deploy')).toEqual({
      stage: 'deploy',
      expected: false,
      reason: 'no environment is fed by release branches',
    });
  });
});

describe('settings', () => {
  it('of an image of develop', () => {
    const [leg] = decided({}).images;

    expect(leg?.leg).toMatch(/^[0-9a-f]{12}$/);
    expect(leg?.settings).toEqual({
      leg: 'shop',
      context: '.',
      file: 'Dockerfile',
      target: 'runtime',
      'test-targets': ['test'],
      'build-args': { NODE_IMAGE: 'node:24' },
      'build-contexts': {},
      network: '',
      platforms: [],
      secrets: { npmrc: { secret: 'NPMRC' } },
      image: 'registry.example.com/octo/shop',
      'registry-username': 'robot',
      labels: { 'org.opencontainers.image.version': '1.3.0-dev.7.a234567' },
      tags: ['1.3.0-dev.7.a234567'],
      'moving-tags': ['develop'],
      publish: true,
      'image-key': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('an image that is not named as the repository gets a place below it', () => {
    expect(decided({}).images[1]?.settings['image']).toBe('registry.example.com/octo/shop/worker');
  });

  it('of a target', () => {
    const { targets, environmentUrl } = decided({});

    expect(environmentUrl).toBe('https://integration.example.com');
    expect(targets[0]?.settings).toEqual({
      leg: 'web',
      application: 'shop',
      environment: 'integration',
      target: 'web',
      'environment-url': 'https://integration.example.com',
      'compose-file': 'compose.yaml',
      service: 'web',
      'image-name': 'shop',
      port: 3000,
      instances: 2,
      transport: 'local',
      engine: '',
      'proxy-socket': '/run/haproxy/admin.sock',
      'proxy-backend': 'shop',
      'health-path': '/health',
      'health-interval': '250ms',
      'health-deadline': '30s',
      'drain-deadline': '10s',
      settle: '2s',
      'registry-username': 'robot',
      'environment-secrets': {},
      vars: {},
    });
  });

  it('of a worker: no port and no proxy, and as many as its compose file says', () => {
    const worker = shop
      .replace(
        '        port: 3000\n        instances: 2\n',
        '        allow-gap: true\n        keep-releases: 3\n',
      )
      .replace('        proxy: {socket: {var: PROXY_SOCKET}, backend: shop}\n', '');
    const settings = decided({}, worker).targets[0]?.settings ?? {};

    expect(settings).toMatchObject({ service: 'web', 'allow-gap': true, 'keep-releases': 3 });
    for (const key of ['port', 'instances', 'proxy-socket', 'proxy-backend'])
      expect(settings).not.toHaveProperty([key]);
    const away = worker.replace(
      '        allow-gap',
      '        transport: ssh\n        ssh: {host: deploy@a, known-hosts: k}\n        allow-gap',
    );
    expect(decided({}, away).targets[0]?.settings).toMatchObject({
      transport: 'ssh',
      'ssh-host': 'deploy@a',
    });
  });

  it('says how the proxy reaches instances only where it is not by a port', () => {
    const settings = (text: string) => decided({}, text).targets[0]?.settings ?? {};

    expect(settings(shop)).not.toHaveProperty('reach');
    expect(settings(shop.replace('port: 3000', 'port: 3000\n        reach: address'))).toMatchObject({
      port: 3000,
      reach: 'address',
    });
  });

  it('a release candidate carries its version and no moving tag', () => {
    const decision = decided(push('release/1.3.0'));

    expect(decision.version).toBe('1.3.0');
    expect(decision.images[0]?.settings).toMatchObject({
      labels: { 'org.opencontainers.image.version': '1.3.0' },
      tags: ['1.3.0-rc.7'],
      'moving-tags': [],
    });
  });

  it('a build that is only tested carries no version', () => {
    expect(decided(push('feature/basket')).images[0]?.settings['labels']).toEqual({});
  });

  it('the image key depends on tree and build arguments, not on the branch', () => {
    const key = (facts: Partial<Facts>): unknown => decided(facts).images[0]?.settings['image-key'];

    expect(key(push('feature/x'))).toBe(key({}));
    expect(key({ tree: tree.replace('f', '0') })).not.toBe(key({}));
    expect(key({ variables: new Map([...variables, ['NODE_IMAGE', 'node:25']]) })).not.toBe(key({}));
  });

  it('a run that publishes nothing needs no registry variable and names no image', () => {
    const decision = decided({ ...push('feature/x'), variables: new Map() });

    expect(decision.images[0]?.settings).toMatchObject({
      image: '',
      tags: [],
      'registry-username': '',
      publish: false,
    });
  });

  it('a build context with a value is passed on', () => {
    const certificates = new Map([...variables, ['CERTIFICATES', '/etc/ssl/certs']]);

    expect(decided({ variables: certificates }).images[0]?.settings['build-contexts']).toEqual({
      certs: '/etc/ssl/certs',
    });
  });
});

describe('a push', () => {
  const before = 'b'.repeat(40);
  const moved = { before, rewritten: true, sameTree: false };

  it('by force is said, and on a branch with numbers what may come of it', () => {
    const notices = (facts: Partial<Facts>): readonly string[] => decided({ ...facts, push: moved }).notices;

    expect(notices(push('feature/x'))).toEqual([
      'feature/x was pushed by force: it does not contain bbbbbbbbbbbb any more.',
    ]);
    expect(notices(push('release/1.3.0'))).toEqual([
      expect.stringContaining('a number that is published already'),
    ]);
    expect(notices(push('develop'))).toEqual([expect.stringContaining('Whoever merged from it before')]);
    expect(notices(push('wip'))).toEqual([]);
  });

  it('by force on production is refused: what it contained is what was approved', () => {
    expect(() => decided({ ...push('master'), push: moved })).toThrow(
      expect.objectContaining({
        code: 'branch-rewritten',
        hint: expect.stringContaining('--force-with-lease'),
      }),
    );
  });

  it('that changes nothing takes what was built: the key of every image is the same', () => {
    const keys = ({ images }: Decision) => images.map(({ settings }) => settings['image-key']);
    const first = decided(push('develop'));
    const again = decided({
      ...push('develop'),
      commit: 'c'.repeat(40),
      push: { before, rewritten: false, sameTree: true },
    });

    expect(keys(again)).toEqual(keys(first));
    expect(again.notices).toEqual([expect.stringContaining('is taken as it is')]);
  });
});

describe('trust', () => {
  it('a fork gets no secrets, publishes nothing, and is told why', () => {
    const decision = decided({
      ...pull({ untrusted: 'the pull request comes from the fork eve/shop' }),
      variables: new Map(),
    });

    expect(decision.trusted).toBe(false);
    expect(decision.publish).toBe(false);
    expect(decision.images[0]?.settings).toMatchObject({ secrets: {}, publish: false, image: '' });
    expect(decision.notices).toEqual([
      'No secrets and nothing published: the pull request comes from the fork eve/shop.',
    ]);
  });

  it('a variable that GitHub keeps from forks is left out and said', () => {
    const text = shop.replace("{var: NODE_IMAGE, default: 'node:24'}", '{var: NODE_IMAGE}');
    const decision = decided({ ...pull({ untrusted: 'it is a fork' }), variables: new Map() }, text);

    expect(decision.images[0]?.settings['build-args']).toEqual({});
    expect(decision.notices[1]).toContain('NODE_IMAGE');
  });
});

describe('failures', () => {
  it('all missing variables are named with line, column, near name and where to add them', () => {
    const found = new Map([['PROXY_SOKET', '/run/x']]);

    expect(() => decided({ variables: found })).toThrow(
      expect.objectContaining({
        code: 'missing-variable',
        message: [
          'headgate.yml:3:9: `registry.host` needs the variable REGISTRY, which is not set',
          'headgate.yml:16:10: `environments.integration.url` needs the variable INTEGRATION_URL, which is not set',
          'headgate.yml:24:25: `environments.integration.targets.web.proxy.socket` needs the variable PROXY_SOCKET, which is not set (PROXY_SOKET is set: was that meant?)',
        ].join('\n'),
        hint: expect.stringContaining('https://github.com/Octo/shop/settings/variables/actions'),
        place: { file: 'headgate.yml', line: 3 },
      }),
    );
  });

  it('a variable is found under its upper-case name', () => {
    const text = shop.replace('{var: REGISTRY}', '{var: registry}');

    expect(decided({}, text).images[0]?.settings['image']).toBe('registry.example.com/octo/shop');
  });

  it.each(['release/next', 'release/1.2', 'release/1.2.3', 'hotfix/1.3.0', 'release/1.3.0-rc.1'])(
    '%s names no version that may come next',
    (branch) => {
      expect(() => decided(push(branch))).toThrow(expect.objectContaining({ code: 'invalid-version' }));
    },
  );

  it.each([
    ['REGISTRY', 'https://registry.example.com'],
    ['REGISTRY', 'registry.example.com/path'],
    ['REGISTRY', 'registry'],
    ['REGISTRY', 'a.b\nc'],
  ])('a registry host %s=%s is refused before anything is built', (name, value) => {
    expect(() => decided({ variables: new Map([...variables, [name, value]]) })).toThrow(
      expect.objectContaining({ code: 'invalid-image' }),
    );
  });

  it.each(['a..b', 'a//b', '-a', 'a_', 'A', `${'a/'.repeat(130)}a`])(
    'the repository %j, which no registry takes, is refused',
    (place) => {
      const text = shop.replace('  worker: {}', `  worker: {repository: ${JSON.stringify(place)}}`);
      expect(() => decided({}, text)).toThrow(
        expect.objectContaining({
          code: 'invalid-image',
          message: expect.stringContaining('images.worker.repository'),
          place: {
            file: 'headgate.yml',
            line: text.split('\n').findIndex((each) => /worker:/.test(each)) + 1,
          },
        }),
      );
    },
  );

  it.each(['', 'run/haproxy.sock', 'host:9999', '/run/a\nset server'])(
    'the proxy socket %j is refused before anything is built',
    (socket) => {
      expect(() => decided({ variables: new Map([...variables, ['PROXY_SOCKET', socket]]) })).toThrow(
        expect.objectContaining({
          code: 'invalid-target',
          message: expect.stringContaining('environments.integration.targets.web.proxy.socket'),
          place: { file: 'headgate.yml', line: 24 },
        }),
      );
    },
  );

  it.each(['javascript:alert(1)', 'https://x.example\nresult=success', 'integration.example.com'])(
    'the environment address %j is refused',
    (url) => {
      expect(() => decided({ variables: new Map([...variables, ['INTEGRATION_URL', url]]) })).toThrow(
        expect.objectContaining({ code: 'invalid-url', place: { file: 'headgate.yml', line: 16 } }),
      );
    },
  );

  it('more images than a matrix takes are refused', () => {
    const images = Array.from({ length: 257 }, (_, index) => `  i${index}: {}`).join('\n');

    expect(() => decided(push('feature/x'), `application: shop\nimages:\n${images}\n`)).toThrow(
      expect.objectContaining({ code: 'too-many-legs', message: expect.stringContaining('found 257') }),
    );
  });
});

describe('any event', () => {
  const name = fc.oneof(
    fc.string({ unit: fc.nat({ max: 0xd7ff }).map((code) => String.fromCharCode(code)) }),
    fc.constantFrom(
      'develop',
      'master',
      '::set-output name=x::y',
      '$(id)',
      '`id`',
      'feature/$(secret)',
      '%0A::error::x',
    ),
    fc.string().map((text) => `feature/${text}`),
  );
  const event: fc.Arbitrary<FlowEvent> = fc.oneof(
    name.map((branch): FlowEvent => ({ kind: 'dispatch', branch })),
    name.map((branch): FlowEvent => ({ kind: 'push', branch })),
    name.map((branch): FlowEvent => ({ kind: 'deleted', branch })),
    name.map((tag): FlowEvent => ({ kind: 'tag', tag })),
    fc.tuple(name, name, fc.boolean()).map(
      ([head, base, closed]): FlowEvent => ({
        kind: 'pull-request',
        number: 1,
        head,
        base,
        untrusted: null,
        closed,
      }),
    ),
    name.map((branch): FlowEvent => ({ kind: 'schedule', branch })),
    fc.tuple(name, name).map(([branch, base]): FlowEvent => ({ kind: 'merge-group', branch, base })),
    fc.constant<FlowEvent>({ kind: 'other' }),
  );

  const read = readShop();

  it('gives a decision that its schema takes, with valid tags only', () => {
    const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
    fc.assert(
      fc.property(event, (happened) => {
        const decision = decide(factsOf({ event: happened }), read);
        const parsed = parseDecision(JSON.stringify(decision));
        const tags = decision.images.flatMap(({ settings }) =>
          [settings['tags'], settings['moving-tags']].flat(),
        );
        expect(parsed).toEqual(decision);
        // Nothing is both built and promoted, and only a promotion reaches production.
        expect(decision.evidence === 'promote').toBe(decision.finish.promote);
        if (decision.evidence === 'promote') expect(decision.images).toEqual([]);
        if (!decision.trusted) expect([decision.publish, decision.environment]).toEqual([false, null]);
        return tags.every((each) => tag.test(String(each)));
      }),
    );
  });

  it('a development branch of any name gives valid tags', () => {
    const branch = 'größe/entwicklung';
    const decision = decided(push(branch), `${shop}branches: {development: ${branch}}\n`);

    expect(decision.images[0]?.settings['moving-tags']).toEqual([
      expect.stringMatching(/^gr-e-entwicklung-[0-9a-f]{8}$/),
    ]);
  });
});
