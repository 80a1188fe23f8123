// Who may change what in a rehearsed repository, and which branches reach which environment.

import { readConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { matchesRefPattern } from '@headgate/kit/ref-pattern';
import { describe, expect, it } from '@jest/globals';
import { matchesPatterns } from '../../src/engine/pattern.js';
import { readStory } from '../../src/story/read-story.js';
import { environmentsOf, protectionsOf } from '../../src/story/repository-rules.js';

const known = { registries: {}, mailPassword: 'mail password', signingKey: '', npmrc: '' };

const target =
  'targets: {web: {compose: c, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}}';
const text = `application: shop
branches: {production: main, release: rc/}
registry: {host: {var: REGISTRY}}
images: {shop: {}}
environments:
  test: {branch: development, ${target}}
  staging: {branch: release, ${target}}
  live: {branch: production, ${target}}
`;
const read = (more = ''): Configuration =>
  readConfiguration(text + more, 'headgate.yml', { exists: () => true, read: () => null }).configuration;
const configuration = read();

const place = (builtIn: boolean, app = 'free'): Parameters<typeof protectionsOf>[0] => {
  const text = `story: s\nabout: a\nbegins-with: {app: ${app}}\nsteps: [{name: A, merge: {branch: b, by: c}}]\n`;
  return { configuration, builtIn, story: readStory(text, 's.yml') };
};

describe('protections', () => {
  it.each([
    ['main', true],
    ['develop', true],
    ['rc/1.0.0', true],
    ['hotfix/1.0.1', true],
    ['feature/x', false],
  ])('of %s: %s', (branch, isProtected) => {
    const { protectedBranches } = protectionsOf(place(false));

    expect(protectedBranches.some((pattern) => matchesRefPattern(pattern, branch))).toBe(isProtected);
  });

  it('let the App that merges back push past them', () => {
    expect(protectionsOf(place(false)).bypassApps).toEqual(['headgate-flow']);
  });

  it.each(['bound', 'none'])('bind an App that is %s', (app) => {
    const { bypassApps, reservedTags } = protectionsOf(place(false, app));
    expect({ bypassApps, reservedTags }).toEqual({ bypassApps: [], reservedTags: [] });
  });

  it('let the built-in story push to the development branch', () => {
    expect(protectionsOf(place(true)).protectedBranches).not.toContain('develop');
  });
});

describe('environments', () => {
  const environments = environmentsOf(configuration, known);

  it.each([
    ['test', 'develop', true],
    ['test', 'feature/x', false],
    ['test', 'rc/1.0.0', false],
    ['staging', 'rc/1.0.0', true],
    ['staging', 'hotfix/1.0.1', true],
    ['staging', 'develop', false],
    ['live', 'main', true],
    ['live', 'rc/1.0.0', false],
    ['test', 'main', true],
    ['staging', 'main', true],
  ])('%s is for %s: %s', (name, branch, allowed) => {
    for (const each of [name, `${name}-plan`]) {
      expect(matchesPatterns(environments[each]?.branches ?? [], branch)).toBe(allowed);
    }
  });

  it('give previews what they pull with, on pull requests only, and no other environment’s secrets', () => {
    const registries = { 'registry:5000': 'a password' };
    const { preview } = environmentsOf(configuration, { ...known, registries });

    expect(preview).toEqual({
      variables: {},
      branches: ['refs/pull/*/merge'],
      secrets: { DEPLOY_SECRETS: JSON.stringify({ registries, environment: {} }) },
    });
  });

  it('give the key of a host by ssh also where its previews are taken away', () => {
    const ssh = 'transport: ssh, ssh: {host: p@b, known-hosts: k}';
    const previews = `previews: {compose: c, services: {web: {port: 1}}, address: 'http://{name}', ${ssh}}\n`;
    const { preview } = environmentsOf(read(previews), known);

    expect(preview).toMatchObject({ branches: ['refs/pull/*/merge', 'develop', 'main'] });
  });

  it('have the secrets of their plans, and no two the same seal key', () => {
    const secrets = (name: string): string => environments[name]?.secrets['DEPLOY_SECRETS'] ?? '';

    expect(secrets('staging-plan')).toBe(secrets('staging'));
    expect(secrets('staging')).toContain('seal-key');
    expect(secrets('staging')).not.toBe(secrets('live'));
  });
});
