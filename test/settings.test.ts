// What `decide` hands to the actions is what the actions take: a whole headgate.yml, through to each action's own reader.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decision, Leg } from '../packages/configuration/src/decision.js';
import * as build from '../packages/docker-multistage-build/src/inputs.js';
import { parseYaml } from '../packages/kit/src/yaml.js';
import * as deploy from '../packages/rolling-deploy/src/inputs.js';
import { decideFor, type Given, readLeg } from './decided.js';
import { everything } from './everything.js';

const workflow = (name: string): string =>
  readFileSync(new URL(`../workflows/${name}.yml`, import.meta.url), 'utf8');
const builds = { specs: build.inputSpecs, readInputs: build.readInputs };
const deploys = { specs: deploy.inputSpecs, readInputs: deploy.readInputs };
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
      readFileSync(new URL('../packages/configuration/headgate.schema.json', import.meta.url), 'utf8'),
    );

    expect(unsetKeys(schema, parseYaml(everything, { source: 'everything' }))).toEqual([]);
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
      image: { kind: 'record', name: 'shop', artifactId: '7' },
      port: 8080,
      instances: 3,
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
      environmentUrl: 'https://integration.example.com',
    });
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

/** Paths of the schema's keys that a document leaves unset. */
function unsetKeys(schema: unknown, value: unknown, path = ''): readonly string[] {
  if (!isObject(schema)) return [];
  const { properties, additionalProperties } = schema;
  const known = isObject(properties) ? Object.entries(properties) : [];
  const members = isObject(value) ? value : {};
  const unset = known.filter(([key]) => !(key in members)).map(([key]) => `${path}/${key}`);
  const inner = known.flatMap(([key, each]) =>
    key in members ? unsetKeys(each, members[key], `${path}/${key}`) : [],
  );
  const [named] = Object.values(members);
  const further = isObject(additionalProperties) ? unsetKeys(additionalProperties, named, `${path}/*`) : [];
  return [...unset, ...inner, ...further];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
