// The header that carries a registry's credentials to the engine.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { registryAuthHeader } from '../src/engine-images.js';

describe('the header with credentials', () => {
  it.each([
    ['octo', '127.0.0.1:44173'],
    ['octo', '127.0.0.1:4417'],
    ['octo1', '127.0.0.1:44173'],
  ])('of %s at %s is padded, as the engine wants it', (username, host) => {
    expect(registryAuthHeader({ username, password: 'secret' }, host).length % 4).toBe(0);
  });

  it('gives back what went in, in the alphabet of addresses, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (username, password) => {
        const header = registryAuthHeader({ username, password }, 'host');

        expect(header).toMatch(/^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/);
        expect(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).toEqual(
          JSON.parse(JSON.stringify({ username, password, serveraddress: 'host' })),
        );
      }),
    );
  });

  it('without credentials is an empty object', () => {
    expect(registryAuthHeader(null, 'host')).toBe(Buffer.from('{}').toString('base64'));
  });
});
