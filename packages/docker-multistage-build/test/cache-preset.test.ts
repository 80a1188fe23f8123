// Presets of the cache as buildx gets them: who reads, who writes, under which name, and why not.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCachePreset } from '../src/cache-inputs.js';
import { type CacheFacts, type CachePreset, planCache } from '../src/cache-preset.js';
import { cacheScope } from '../src/cache-scope.js';
import { runtimeToken } from './actions-cache.js';

const now = 1_900_000_000;
const rights = { writes: ['refs/heads/develop'], reads: [] };
const token = (given = {}): string => runtimeToken(rights, { now, ...given });
const service = { ACTIONS_RUNTIME_TOKEN: token(), ACTIONS_RESULTS_URL: 'https://r/' };
const builder = {
  driver: 'docker-container',
  containerd: false,
  buildxVersion: '0.29.1',
  serverVersion: '28.0.1',
};
const facts: CacheFacts = {
  image: 'ghcr.io/acme/shop',
  leg: 'shop',
  target: 'runtime',
  platforms: ['linux/amd64'],
  stages: 3,
  publish: true,
  trusted: true,
  branch: 'pr-12',
  baseBranch: 'develop',
  builder,
  env: service,
  now: now * 1000,
};
const own = cacheScope(
  { image: 'ghcr.io/acme/shop', target: 'runtime', platforms: ['linux/amd64'] },
  'pr-12',
);
const base = own.replace('pr-12', 'develop').slice(0, -8);

function plan(preset: string, given: Partial<CacheFacts> = {}) {
  const parsed = parseCachePreset(preset);
  if (parsed === null) throw new Error(`${preset} is no preset`);
  return planCache(parsed, { ...facts, ...given });
}

describe('a preset', () => {
  it('gha reads its own scope, then the base branch’s, and writes all stages without failing the build', () => {
    const { from, to, backend, env, reason } = plan('gha');

    expect(own).toMatch(/^shop-runtime-amd64-pr-12-[0-9a-f]{8}$/);
    expect(backend).toBe('gha');
    expect(from).toEqual([
      `type=gha,scope=${own}`,
      expect.stringMatching(new RegExp(`^type=gha,scope=${base}[0-9a-f]{8}$`)),
    ]);
    expect(to).toEqual([`type=gha,scope=${own},mode=max,ignore-error=true`]);
    expect(env).toEqual(service);
    expect(reason).toBe(`cache in GitHub Actions; scope ${own}, mode=max`);
  });

  it('never has the token in an argument', () => {
    const { from, to, reason } = plan('gha');

    expect([...from, ...to, reason].join('\n')).not.toContain(service.ACTIONS_RUNTIME_TOKEN);
  });

  it('registry keeps it beside the image', () => {
    const { from, to } = plan('registry');

    expect(from[0]).toBe(`type=registry,ref=ghcr.io/acme/shop:cache-${own}`);
    expect(to).toEqual([
      `type=registry,ref=ghcr.io/acme/shop:cache-${own},image-manifest=true,oci-mediatypes=true,mode=max,ignore-error=true`,
    ]);
  });

  it('local takes any absolute folder, quoted where CSV wants it', () => {
    expect(plan('local:/c').to).toEqual([`type=local,dest=/c/${own},mode=max,ignore-error=true`]);
    expect(plan('local:/a,"b').from[0]).toBe(`type=local,"src=/a,""b/${own}"`);
    expect(plan('local', { env: { RUNNER_TEMP: '/t' } }).from[0]).toBe(
      `type=local,src=/t/headgate-build-cache/${own}`,
    );
  });

  it.each<[string, string, Partial<CacheFacts>, RegExp]>([
    ['off', 'off', {}, /it is off/],
    ['gha without a token', 'gha', { env: {} }, /no token/],
    ['gha without an address', 'gha', { env: { ACTIONS_RUNTIME_TOKEN: 't' } }, /no address/],
    ...(
      [
        ['of another form', 'not.a', 'no builder knows'],
        ['of three parts that are nothing', 'a.b.c', 'no builder knows'],
        ['whose claims are a text', `a.${Buffer.from('"x"').toString('base64url')}.c`, 'no builder knows'],
        ['without claims', `a.${Buffer.from('{}').toString('base64url')}.c`, 'does not say'],
        ['that has run out', token({ secondsLeft: 59 }), 'run out'],
        ['of the future', token({ now: now + 120 }), 'not valid yet'],
      ] as const
    ).map(([what, ACTIONS_RUNTIME_TOKEN, reason]): [string, string, Partial<CacheFacts>, RegExp] => [
      `gha with a token ${what}`,
      'gha',
      { env: { ...service, ACTIONS_RUNTIME_TOKEN } },
      new RegExp(reason),
    ]),
    [
      'gha with an old buildx',
      'gha',
      { builder: { ...builder, buildxVersion: '0.20.1' } },
      /0\.20\.1.*0\.21\.0/,
    ],
    [
      'gha with an old engine',
      'gha',
      { builder: { ...builder, driver: 'docker', containerd: true, serverVersion: '27.5.1' } },
      /27\.5\.1.*28\.0\.0/,
    ],
    ['registry without a name', 'registry', { image: null }, /image name/],
    ['local without a folder', 'local', {}, /RUNNER_TEMP/],
    ['local with a relative folder', 'local:cache', {}, /absolute/],
    [
      'the docker driver without containerd',
      'auto',
      { builder: { ...builder, driver: 'docker' } },
      /docker driver cannot export/,
    ],
    ['auto with nothing to use', 'auto', { env: {}, image: null }, /no token.*no image is published/],
    [
      'auto with an image that is not published',
      'auto',
      { env: {}, publish: false },
      /no image is published/,
    ],
  ])('gives no cache and says why: %s', (_what, preset, given, reason) => {
    expect(plan(preset, given)).toEqual({
      backend: 'none',
      from: [],
      to: [],
      env: {},
      reason: expect.stringMatching(reason),
    });
  });

  it.each<[string, Partial<CacheFacts>, string]>([
    ['the service of the runner', {}, 'gha'],
    ['the registry it publishes to', { env: {} }, 'registry'],
    [
      'the service of a server of one’s own, which older clients know',
      {
        env: { ACTIONS_RUNTIME_TOKEN: token(), ACTIONS_CACHE_URL: 'https://c/' },
        builder: { ...builder, buildxVersion: '0.13.1' },
      },
      'gha',
    ],
    [
      'the registry where buildx is too old for the service',
      { builder: { ...builder, buildxVersion: '0.13.1' } },
      'registry',
    ],
    [
      'the service, on a docker driver with containerd',
      { builder: { ...builder, driver: 'docker', containerd: true } },
      'gha',
    ],
  ])('auto takes %s', (_what, given, backend) => {
    expect(plan('auto', given).backend).toBe(backend);
  });

  it.each(['gha', 'registry', 'local:/c', 'auto'])(
    '%s only reads where the event is not trusted',
    (preset) => {
      const { from, to, reason } = plan(preset, { trusted: false });

      expect(from).toHaveLength(2);
      expect(to).toEqual([]);
      expect(reason).toMatch(/read only/);
    },
  );

  it('keeps the last stage alone of a file that has one', () => {
    expect(plan('gha', { stages: 1 }).to[0]).toContain('mode=min');
  });

  it.each([null, 'pr-12'])('reads one scope when the base branch is %s', (baseBranch) => {
    expect(plan('gha', { baseBranch }).from).toHaveLength(1);
  });

  it.each(['', 'on', 'GHA', 'local:', 'inline', 'type=gha', 'local:/a\0b'])('%j is none', (text) => {
    expect(parseCachePreset(text)).toBeNull();
  });
});

describe('any image, target, platform and branch', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('a-b', 'a', 'b', '', 'a/b'),
  );
  const scopeFacts = fc.record({ image: text, target: text, platforms: fc.array(text, { maxLength: 3 }) });

  it('gives a name that every backend takes, never the constant of BuildKit', () => {
    fc.assert(
      fc.property(scopeFacts, text, (given, branch) => {
        const scope = cacheScope(given, branch);
        expect(scope).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/);
        expect(scope).not.toBe('buildkit');
      }),
    );
  });

  it('gives different names for different ones, whatever stands between their parts', () => {
    fc.assert(
      fc.property(scopeFacts, text, scopeFacts, text, (left, leftBranch, right, rightBranch) => {
        const identity = (given: typeof left, branch: string): string =>
          JSON.stringify([
            given.image,
            given.target.toLowerCase(),
            [...new Set(given.platforms)].sort((one, other) => (one < other ? -1 : 1)),
            branch,
          ]);
        const same = identity(left, leftBranch) === identity(right, rightBranch);
        expect(cacheScope(left, leftBranch) === cacheScope(right, rightBranch)).toBe(same);
      }),
    );
  });

  it('gives values that read back as their fields, and one option each', () => {
    const preset = fc.oneof(
      fc.constantFrom<CachePreset>({ kind: 'gha' }, { kind: 'auto' }),
      text.map((name): CachePreset => ({ kind: 'local', directory: `/${name}` })),
    );
    fc.assert(
      fc.property(preset, scopeFacts, text, text, (chosen, given, branch, baseBranch) => {
        const { from, to } = planCache(chosen, { ...facts, ...given, branch, baseBranch });
        for (const value of [...from, ...to]) {
          const fields = readRecord(value);
          expect(fields[0]).toMatch(/^type=(?:gha|local)$/);
          for (const field of fields) expect(field).toMatch(/^(?:type|scope|src|dest|mode|ignore-error)=./s);
        }
        expect(to.every((value) => value.endsWith('mode=max,ignore-error=true'))).toBe(true);
      }),
    );
  });
});

/** RFC 4180, as encoding/csv reads one record. */
function readRecord(value: string): readonly string[] {
  return [...value.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/gs)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}
