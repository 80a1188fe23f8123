// The cache that a build gets: by event, builder and Dockerfile, and which variables its client finds.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import { branchesOf, withCache } from '../src/cache-choice.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { runtimeToken } from './actions-cache.js';

const builder = { driver: 'docker-container', buildxVersion: '0.29.1', serverVersion: '28.0.1' };
const now = Math.floor(createTestDeps().clock.now() / 1000);
const token = runtimeToken({ writes: ['refs/heads/develop'], reads: [] }, { now });
const service = { ACTIONS_RUNTIME_TOKEN: token, ACTIONS_RESULTS_URL: 'https://results/' };
const repository = { owner: 'acme', name: 'shop', fullName: 'acme/shop' };
const pull = (from: string): Record<string, unknown> => ({
  pull_request: { number: 12, base: { ref: 'develop' }, head: { repo: { full_name: from } } },
});

function choose(given: Readonly<Record<string, string>>, event: Record<string, unknown> = {}) {
  const core = createTestCore(given);
  const context = createTestContext({ ref: 'refs/heads/feature/cart', event });
  const deps = { ...createTestDeps({ core, context }), env: service };
  const inputs = readInputs(createInputReader(inputSpecs, core));
  return { core, options: withCache(inputs, { builder, dockerfile: 'FROM a AS b\nFROM b\n' }, deps) };
}

describe('the cache of a build', () => {
  it('is none unless asked for', () => {
    const { options } = choose({});

    expect([options.cacheFrom, options.cacheTo, options.cacheEnv]).toEqual([[], [], {}]);
  });

  it('auto is GitHub’s where it is there; the token is for the client’s environment alone', () => {
    const { options, core } = choose({ cache: 'auto', image: 'ghcr.io/acme/shop' });

    expect(options.cacheTo).toEqual([
      expect.stringMatching(/^type=gha,scope=shop-.*,mode=max,ignore-error=true$/),
    ]);
    expect(options.cacheEnv).toEqual(service);
    expect(core.lines.join('\n')).toContain('Cache: cache in GitHub Actions');
    expect(core.lines.join('\n')).not.toContain(token);
  });

  it('of a fork is read, never written', () => {
    const { options } = choose({ cache: 'gha' }, pull('eve/shop'));

    expect(options.cacheFrom).toHaveLength(2);
    expect(options.cacheTo).toEqual([]);
  });

  it('that is spelled out is passed on, with the variables that GitHub’s needs', () => {
    const gha = choose({ 'cache-from': 'type=gha,scope=own' }).options;
    const local = choose({ 'cache-from': 'type=local,src=/c' }).options;

    expect([gha.cacheFrom, gha.cacheEnv]).toEqual([['type=gha,scope=own'], service]);
    expect(local.cacheEnv).toEqual({});
  });

  it.each([
    [{ cache: 'disk' }, 'off, auto, gha, registry, local or local:FOLDER was expected, "disk"'],
    [{ cache: 'auto', 'cache-to': 'type=inline' }, 'it was given beside cache-to'],
  ])('%j is refused', (given, message) => {
    expect(() => readInputs(createInputReader(inputSpecs, createTestCore(given)))).toThrow(message);
  });
});

describe('what the event says', () => {
  const base = { eventName: 'push', repository, event: { repository: { default_branch: 'main' } } };

  it.each([
    ['a branch', { ...base, ref: 'refs/heads/feature/a' }, ['feature/a', 'main', true]],
    ['the default branch', { ...base, ref: 'refs/heads/main' }, ['main', null, true]],
    ['nothing', { ...base, ref: '', event: {} }, ['detached', null, true]],
    ['a pull request', { ...base, ref: '', event: pull('acme/shop') }, ['pr-12', 'develop', true]],
    ['one of a fork', { ...base, ref: '', event: pull('eve/shop') }, ['pr-12', 'develop', false]],
    ['one without a repository', { ...base, ref: '', event: { pull_request: {} } }, ['pr-0', null, false]],
    [
      'one that runs with rights',
      { ...base, eventName: 'pull_request_target', ref: '', event: pull('acme/shop') },
      ['pr-12', 'develop', false],
    ],
  ])('%s', (_, context, expected) => {
    const { branch, baseBranch, trusted } = branchesOf(context);

    expect([branch, baseBranch, trusted]).toEqual(expected);
  });
});
