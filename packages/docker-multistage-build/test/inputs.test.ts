// The inputs: as action.yml declares them, as people mistype them, and as git-flow's settings give them.
import { fileURLToPath } from 'node:url';
import { createInputReader } from '@headgate/kit/inputs';
import { contractProblems } from '@headgate/kit/testing/contract';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, outputNames, readInputs } from '../src/inputs.js';

function read(given: Readonly<Record<string, string>>): Inputs {
  return readInputs(createInputReader(inputSpecs, createTestCore(given)));
}

const ghcr = { image: 'ghcr.io/acme/shop' };

it('agrees with action.yml', () => {
  const file = fileURLToPath(new URL('../action.yml', import.meta.url));
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

describe('readInputs', () => {
  it('has defaults that build the last stage of ./Dockerfile and publish nothing', () => {
    expect(read({})).toMatchObject({
      leg: 'image',
      context: '.',
      file: 'Dockerfile',
      target: '',
      testTargets: [],
      platforms: [],
      image: null,
      publish: false,
      deadlineMs: 3_600_000,
    });
  });

  it('takes what git-flow decides', () => {
    const settings = {
      leg: 'shop',
      context: 'services/shop',
      target: 'runtime',
      'test-targets': ['test', 'lint'],
      'build-args': { NODE_IMAGE: 'node:24', EMPTY: '' },
      platforms: ['linux/amd64', 'linux/arm64'],
      secrets: { npmrc: { secret: 'NPMRC', optional: true }, ca: 'file:ca.pem', home: 'env:HOME' },
      image: 'ghcr.io/acme/shop',
      tags: ['1.2.3-rc.1'],
      'moving-tags': ['develop'],
      publish: true,
      'image-key': 'a'.repeat(64),
    };

    expect(read({ settings: JSON.stringify(settings) })).toMatchObject({
      leg: 'shop',
      testTargets: ['test', 'lint'],
      buildArgs: new Map([
        ['NODE_IMAGE', 'node:24'],
        ['EMPTY', ''],
      ]),
      platforms: ['linux/amd64', 'linux/arm64'],
      secrets: [
        { id: 'npmrc', source: { kind: 'map', name: 'NPMRC' }, optional: true },
        { id: 'ca', source: { kind: 'file', path: 'ca.pem' }, optional: false },
        { id: 'home', source: { kind: 'env', name: 'HOME' }, optional: false },
      ],
      tags: ['1.2.3-rc.1'],
      movingTags: ['develop'],
      publish: true,
    });
  });

  it('names the leg after the repository when it is used alone', () => {
    expect(read(ghcr).leg).toBe('shop');
  });

  it.each<[Record<string, string>, string, RegExp]>([
    [{ publish: 'true' }, 'image', /no image name/],
    [{ ...ghcr, tags: 'a', 'moving-tags': 'a' }, 'moving-tags', /also in tags/],
    [{ target: '0' }, 'target', /"0"/],
    [{ 'test-targets': 'ok\n--push' }, 'test-targets', /--push/],
    [{ 'build-args': 'A B=1' }, 'build-args', /A B/],
    [{ 'build-args': '--push=1' }, 'build-args', /--push/],
    [{ platforms: 'linux/amd64,windows' }, 'platforms', /windows/],
    [{ platforms: 'linux/amd64 --push' }, 'platforms', /--push/],
    [{ network: 'bridge' }, 'network', /default, host, none/],
    [{ 'image-key': 'abc' }, 'image-key', /64 hex/],
    [
      { ...ghcr, publish: 'true', 'build-secrets': '{registries: {ghcr.io: "longenough"}}' },
      'registry-username',
      /no account/,
    ],
    [{ secrets: 'a,b=X' }, 'secrets', /not a secret id/],
    [{ deadline: 'soon' }, 'deadline', /duration/],
  ])('refuses %j: %s', (given, input, message) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ input, message: expect.stringMatching(message) }),
    );
  });

  it('does not repeat a value that was pasted where a name belongs', () => {
    const value = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a!';
    let said = '';
    try {
      read({ secrets: `token=${value}`, 'build-secrets': '{build: {TOKEN: s3cret-value}}' });
    } catch (problem) {
      said = `${String(problem)} ${JSON.stringify(problem)}`;
    }
    expect(said).toContain('not hold its value');
    expect(said).not.toContain(value);
  });
});
