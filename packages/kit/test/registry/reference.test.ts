// Image names and tags: what is accepted, what is refused, and the correction offered.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDigest, isLoopback, parseImageName, parseTags } from '../../src/registry/reference.js';

describe('parseImageName', () => {
  it.each([
    ['ghcr.io/acme/shop', 'ghcr.io', 'acme/shop', 'https://ghcr.io'],
    ['127.0.0.1:5000/shop', '127.0.0.1:5000', 'shop', 'http://127.0.0.1:5000'],
    ['localhost/acme/shop', 'localhost', 'acme/shop', 'http://localhost'],
    ['localhost:5000/a/b/c', 'localhost:5000', 'a/b/c', 'http://localhost:5000'],
    ['[::1]:5000/shop', '[::1]:5000', 'shop', 'http://[::1]:5000'],
    ['docker.io/acme/shop', 'docker.io', 'acme/shop', 'https://registry-1.docker.io'],
    [
      'registry.example:8443/a__b/c-d.e',
      'registry.example:8443',
      'a__b/c-d.e',
      'https://registry.example:8443',
    ],
  ])('reads %s', (text, host, repository, origin) => {
    expect(parseImageName(text)).toEqual({ host, repository, name: text, origin });
  });

  it.each([
    ['acme/shop', /ghcr\.io\/acme\/shop|docker\.io/],
    ['shop', /registry/],
    ['', /registry/],
    ['ghcr.io/Acme/Shop', /Write ghcr\.io\/acme\/shop\./],
    ['ghcr.io/acme/shop:1.2.3', /Write ghcr\.io\/acme\/shop here/],
    [`ghcr.io/acme/shop@sha256:${'a'.repeat(64)}`, /Write ghcr\.io\/acme\/shop here/],
    ['https://ghcr.io/acme/shop', /without https/],
    ['ghcr.io/acme//shop', /single/],
    ['ghcr.io/acme/../shop', /single/],
    ['ghcr.io/', /single/],
    [`ghcr.io/${'a'.repeat(256)}`, /255/],
    ['ghcr.io/acme/sh op', /single/],
    ['ghcr.io/acme/shop\n--push', /single/],
  ])('refuses %j with a cure', (text, cure) => {
    expect(() => parseImageName(text)).toThrow(
      expect.objectContaining({ code: 'invalid-input', hint: expect.stringMatching(cure) }),
    );
  });

  it('gives back exactly the accepted text, which never holds a character that could end a URL path', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.:/_@-]{1,40}$/)), (text) => {
        let parsed: ReturnType<typeof parseImageName>;
        try {
          parsed = parseImageName(text);
        } catch (problem) {
          expect(problem).toMatchObject({ code: 'invalid-input', input: 'image' });
          return;
        }
        expect(`${parsed.host}/${parsed.repository}`).toBe(text);
        expect(parsed.repository).toMatch(/^[a-z0-9._/-]+$/);
        expect(new URL(`/v2/${parsed.repository}/tags`, parsed.origin).pathname).toBe(
          `/v2/${parsed.repository}/tags`,
        );
      }),
    );
  });

  it('accepts every repository that the grammar generates', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
    fc.assert(
      fc.property(fc.array(component, { minLength: 1, maxLength: 5 }), (components) => {
        const repository = components.join('/');
        expect(parseImageName(`ghcr.io/${repository}`).repository).toBe(repository);
      }),
    );
  });
});

describe('isLoopback', () => {
  it.each(['localhost', 'localhost:1', '127.0.0.1:5000', '127.1.2.3', '[::1]:80'])(
    '%s is this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );
  it.each(['localhost.example', '127.0.0.1.example:80', 'x127.0.0.1', '10.0.0.1', 'ghcr.io'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe('parseTags', () => {
  it('keeps the order and drops repetitions', () => {
    expect(parseTags('tags', ['1.2.3', 'develop', '1.2.3'])).toEqual(['1.2.3', 'develop']);
  });
  it.each(['.x', '-x', 'a b', 'a/b', 'a:b', '', 'é', 'a'.repeat(129)])(
    'refuses %j, naming the input',
    (tag) => {
      expect(() => parseTags('moving-tags', [tag])).toThrow(
        expect.objectContaining({ input: 'moving-tags' }),
      );
    },
  );
  it('accepts a tag of 128 characters', () => {
    expect(parseTags('tags', ['a'.repeat(128)])).toHaveLength(1);
  });
});

describe('isDigest', () => {
  it.each([
    [`sha256:${'0'.repeat(64)}`, true],
    [`sha256:${'0'.repeat(63)}`, false],
    [`sha256:${'A'.repeat(64)}`, false],
    [`sha512:${'0'.repeat(64)}`, false],
    [`sha256:../${'0'.repeat(61)}`, false],
    [undefined, false],
  ])('%j: %s', (value, expected) => {
    expect(isDigest(value)).toBe(expected);
  });
});
