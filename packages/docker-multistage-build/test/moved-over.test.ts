// Inputs as docker/build-push-action has them: what means the same, what differs, what is refused with a way out.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Inputs, inputSpecs, readInputs } from '../src/inputs.js';

function read(given: Readonly<Record<string, string>>): Inputs {
  return readInputs(createInputReader(inputSpecs, createTestCore(given)));
}

function refusal(given: Readonly<Record<string, string>>): string {
  try {
    read(given);
    return '';
  } catch (problem) {
    return `${String(problem)} ${JSON.stringify(problem)}`;
  }
}

describe('tags', () => {
  it('as full references name their repositories and may move', () => {
    const tags = 'ghcr.io/acme/shop:latest\nghcr.io/acme/shop:1.4.0,acme/shop:1.4.0,nginx:edge';
    const { image, tags: fixed, movingTags, elsewhere } = read({ tags, push: 'true' });

    expect([image?.name, fixed, movingTags]).toEqual(['ghcr.io/acme/shop', [], ['latest', '1.4.0']]);
    expect(elsewhere.map((one) => [one.image.name, one.fixed, one.moving])).toEqual([
      ['docker.io/acme/shop', [], ['1.4.0']],
      ['docker.io/library/nginx', [], ['edge']],
    ]);
  });

  it('as bare tags of `image` never move, beside references to it and elsewhere', () => {
    const tags = '1.4.0\nghcr.io/acme/shop:latest\nlocalhost:5000/shop:edge';
    const { image, tags: fixed, movingTags, elsewhere } = read({ image: 'ghcr.io/acme/shop', tags });

    expect([image?.name, fixed, movingTags]).toEqual(['ghcr.io/acme/shop', ['1.4.0'], ['latest']]);
    expect(elsewhere.map((one) => [one.image.name, one.moving])).toEqual([['localhost:5000/shop', ['edge']]]);
  });

  it.each([
    ['ghcr.io/acme/shop:a b', /"a b" is not a tag/],
    ['ghcr.io/Acme/shop:1', /capital letters/],
    [`ghcr.io/acme/shop@sha256:${'a'.repeat(64)}`, /carries a digest/],
    ['-x', /"-x" is not a tag/],
  ])('refuses %s', (tags, message) => {
    expect(() => read({ image: 'ghcr.io/acme/shop', tags })).toThrow(
      expect.objectContaining({ input: 'tags', message: expect.stringMatching(message) }),
    );
  });
});

describe('push and publish', () => {
  const image = 'ghcr.io/acme/shop';
  const settings = (value: object): string => JSON.stringify(value);

  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ push: 'true' }, true],
    [{ publish: 'true' }, true],
    [{ push: 'true', publish: 'true' }, true],
    [{ settings: settings({ publish: true }) }, true],
    [{ settings: settings({ publish: true }), push: 'false' }, false],
    [{ settings: settings({ publish: false }), push: 'true' }, true],
  ])('%j: %s', (given, expected) => {
    expect(read({ image, ...given }).publish).toBe(expected);
  });

  it('contradicting each other are an error', () => {
    expect(() => read({ image, push: 'true', publish: 'false' })).toThrow('contradict');
  });
});

describe('secrets', () => {
  const names = '{build: {NPMRC: a-long-value}}';

  it.each<[string, Record<string, string>, unknown]>([
    ['a value', { secrets: 'token=s3cr=t' }, [['token', { kind: 'value', value: 's3cr=t' }]]],
    [
      'a value of several lines with its last line end',
      { secrets: '"key=-----BEGIN\nabc\n"\nb=2' },
      [
        ['key', { kind: 'value', value: '-----BEGIN\nabc\n' }],
        ['b', { kind: 'value', value: '2' }],
      ],
    ],
    ['a value with a comma', { secrets: 'a=b,c=d' }, [['a', { kind: 'value', value: 'b,c=d' }]]],
    [
      'a name',
      { secrets: 'npmrc=NPMRC', 'build-secrets': names },
      [['npmrc', { kind: 'map', name: 'NPMRC' }]],
    ],
    ['a file', { 'secret-files': 'ca=certs/ca,1.pem' }, [['ca', { kind: 'file', path: 'certs/ca,1.pem' }]]],
    [
      'variables',
      { 'secret-envs': 'a=ONE,b=TWO' },
      [
        ['a', { kind: 'env', name: 'ONE' }],
        ['b', { kind: 'env', name: 'TWO' }],
      ],
    ],
    ['our own prefix', { secrets: 'a=env:ONE' }, [['a', { kind: 'env', name: 'ONE' }]]],
  ])('are %s', (_what, given, expected) => {
    expect(read(given).secrets.map(({ id, source }) => [id, source])).toEqual(expected);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no =', { secrets: 'a=1\nhunter22' }, /entry 2 of 2 has no =/],
    [
      'a line of a value that was not quoted',
      { secrets: 'k=first\nhunter22/x==' },
      /entry 2 of 2 is not a secret id/,
    ],
    ['an empty value', { secrets: 'token=' }, /token is empty/],
    ['an id twice', { secrets: 'token=hunter22', 'secret-envs': 'token=X' }, /token stands twice/],
    ['what is no id', { secrets: 'a b=hunter22' }, /not a secret id/],
    ['a name without build-secrets', { secrets: 'npmrc=NPMRC' }, /looks like a name of build-secrets/],
    [
      'a value where names are expected',
      { secrets: 'a=hunter22!', 'build-secrets': names },
      /not hold its value/,
    ],
    ['an open quote', { secrets: '"a=hunter22' }, /never closed/],
  ])('with %s are refused, and no value is repeated', (_what, given, message) => {
    const said = refusal(given);

    expect(said).toMatch(message);
    expect(said).not.toContain('hunter22');
  });

  it('never show a value, whatever is wrong with them', () => {
    const value = fc.string({ minLength: 12 }).filter((text) => text.trim().length >= 12);
    fc.assert(
      fc.property(fc.constantFrom('', 'a', 'a=', 'b b=', '"a=', ','), value, (before, text) => {
        const said = refusal({ secrets: `${before}${text}\n${text}` });
        expect(said.includes(text.trim()) || said.includes(JSON.stringify(text.trim()).slice(1, -1))).toBe(
          false,
        );
      }),
    );
  });

  it('are refused where everybody can read them', () => {
    const said = refusal({ secrets: 'token=hunter22hunter22', 'build-args': 'MODE=hunter22hunter22' });

    expect(said).toContain('build-args: MODE holds a secret');
    expect(said).not.toContain('hunter22');
  });
});

describe('attestations', () => {
  it.each<[Record<string, string>, readonly string[]]>([
    [{}, []],
    [{ provenance: 'true' }, ['type=provenance,mode=min']],
    [{ provenance: 'mode=max' }, ['type=provenance,mode=max']],
    [{ provenance: 'false', sbom: 'false' }, []],
    [{ sbom: 'true' }, ['type=sbom']],
    [{ sbom: 'generator=ghcr.io/x/y:1' }, ['type=sbom,generator=ghcr.io/x/y:1']],
    [{ attests: 'type=sbom,generator=x' }, ['type=sbom,generator=x']],
    [{ attests: 'type=provenance,mode=max', provenance: 'false' }, []],
    [{ attests: 'type=provenance,disabled=true' }, []],
  ])('%j', (given, expected) => {
    expect(read(given).options.attestations).toEqual(expected);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ provenance: 'mode=most' }, /"mode=most" is not known/],
    [{ provenance: 'max' }, /"max=" is not known/],
    [{ sbom: 'yes' }, /sbom: "yes"/],
    [{ attests: 'provenance' }, /has no type/],
    [{ provenance: 'mode=max', 'build-args': 'NPM_TOKEN=x' }, /NPM_TOKEN looks like a secret/],
    [{ attests: '"type=provenance","mode=max"', 'build-args': 'GH_PAT=x' }, /GH_PAT looks like a secret/],
  ])('refuses %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it('may be complete where no build argument gives anything away', () => {
    expect(() =>
      read({ provenance: 'mode=max', 'build-args': 'TOKEN_FILE=/x\nNODE=24\nNPM_TOKEN=' }),
    ).not.toThrow();
  });
});

describe('what cannot mean the same', () => {
  it.each<[Record<string, string>, string, RegExp]>([
    [{ context: 'https://github.com/acme/shop.git#main' }, 'context', /no .dockerignore/],
    [{ context: '{{defaultContext}}:app' }, 'context', /fetched by the builder/],
    [{ context: 'git@github.com:acme/shop.git' }, 'context', /fetched by the builder/],
    [{ outputs: 'type=registry' }, 'outputs', /past the gates/],
    [{ outputs: 'type=image,name=x,push-by-digest=true' }, 'outputs', /past the gates/],
    [{ load: 'true', platforms: 'linux/amd64,linux/arm64' }, 'load', /one platform at a time/],
    [{ outputs: 'type=odd' }, 'outputs', /not supported/],
    [{ call: 'build' }, 'call', /not a valid value/],
    [{ 'build-args': 'FROM_ENVIRONMENT' }, 'build-args', /NAME=value/],
    [{ 'add-hosts': 'nohost' }, 'add-hosts', /nohost/],
    [{ allow: 'everything' }, 'allow', /everything/],
    [{ annotations: '=x' }, 'annotations', /=x/],
    [{ 'cache-from': 'scope=x' }, 'cache-from', /scope=x/],
    [{ 'cache-to': 'mode=max,dest=/x' }, 'cache-to', /mode=max/],
    [{ 'no-cache-filters': 'a b' }, 'no-cache-filters', /a b/],
    [{ ssh: '=x' }, 'ssh', /=x/],
    [{ ulimit: 'nofile' }, 'ulimit', /nofile/],
    [{ 'shm-size': 'big' }, 'shm-size', /big/],
    [{ builder: '--x' }, 'builder', /--x/],
    [{ 'cgroup-parent': '-x' }, 'cgroup-parent', /-x/],
    [{ 'source-date-epoch': 'yesterday' }, 'source-date-epoch', /yesterday/],
    [{ mode: 'promote' }, 'image-ref', /no image was named/],
    [{ 'image-ref': 'x' }, 'image-ref', /mode: promote only/],
  ])('%j is refused: %s', (given, input, message) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ input, message: expect.stringMatching(message) }),
    );
  });
});

it('takes the last of two lines with one name, as docker does', () => {
  expect(read({ 'build-args': 'A=1\nA=2' }).buildArgs).toEqual(new Map([['A', '2']]));
});
