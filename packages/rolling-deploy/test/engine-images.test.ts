// Pulling: the header that carries a registry's credentials to the engine, and what is tried again.
import { createHttp } from '@headgate/kit/http';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { startTestServer } from '@headgate/kit/testing/http-server';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Call } from '../src/engine-call.js';
import { pull, registryAuthHeader } from '../src/engine-images.js';
import { DeployError } from '../src/errors.js';

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

describe('a pull', () => {
  const image = `registry.example/shop@sha256:${'1'.repeat(64)}`;
  const { signal } = new AbortController();
  /** An engine whose pulls say these lines, one after the other. */
  const pulled = async (...said: readonly string[]): Promise<{ readonly asked: number; code: string }> => {
    const server = await startTestServer();
    const http = createHttp();
    server.on('POST /images/create', (_, call) => ({ body: `${said[call - 1] ?? said.at(-1) ?? ''}\n` }));
    const call: Call = ({ method, path }) => http({ method, url: `${server.url}${path}` });
    const code = await pull({ image, auth: null, signal }, call, createFakeClock()).then(
      () => 'pulled',
      (error: unknown) => (error instanceof DeployError ? error.code : String(error)),
    );
    await server.close();
    return { asked: server.requests.length, code };
  };

  it.each([
    [
      'that fails for a moment is tried again',
      ['{"error":"unexpected EOF"}', '{"status":"Pulled"}'],
      'pulled',
      2,
    ],
    ['that goes on failing is given up', ['{"error":"net/http: TLS handshake timeout"}'], 'pull-failed', 3],
    ['that is refused is not tried again', ['{"error":"manifest unknown"}'], 'image-not-found', 1],
  ])('%s', async (_, said, code, asked) => {
    expect(await pulled(...said)).toEqual({ asked, code });
  });
});
