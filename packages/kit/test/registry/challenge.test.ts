// WWW-Authenticate in the forms registries send.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseChallenge } from '../../src/registry/challenge.js';

const bearer = (realm: string, service: string | null, scope: string | null) => ({
  scheme: 'bearer',
  realm,
  service,
  scope,
});

describe('parseChallenge', () => {
  it.each([
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      bearer('https://auth.example/token', 'registry.example', 'repository:a/b:pull,push'),
    ],
    ['bearer realm="https://a/t"', bearer('https://a/t', null, null)],
    ['Bearer realm=https://a/t , service=x', bearer('https://a/t', 'x', null)],
    [
      'Bearer service="a \\"quoted\\" one", realm="https://a/t"',
      bearer('https://a/t', 'a "quoted" one', null),
    ],
    ['Basic realm="registry"', { scheme: 'basic' }],
    ['BASIC', { scheme: 'basic' }],
    ['Basic realm="x", Bearer realm="https://a/t"', bearer('https://a/t', null, null)],
    ['Negotiate, Basic realm="x"', { scheme: 'basic' }],
    ['Bearer realm=""', null],
    ['Bearer', null],
    ['Digest realm="x", nonce="y"', null],
    ['', null],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  it('ends on any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const challenge = parseChallenge(text);
        expect(challenge === null || challenge.scheme === 'basic' || challenge.realm !== '').toBe(true);
      }),
    );
  });

  it('gives back any quoted parameter as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), (service) => {
        const quoted = service.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
        expect(parseChallenge(`Bearer realm="https://a/t",service="${quoted}"`)).toEqual(
          bearer('https://a/t', service, null),
        );
      }),
    );
  });
});
