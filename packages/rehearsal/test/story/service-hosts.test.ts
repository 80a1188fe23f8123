// Where a story finds a service that runs on several hosts, and what is said of hosts that do not exist.
import type { HttpResponse } from '@headgate/kit/http';
import { describe, expect, it } from '@jest/globals';
import type { ProxyPart } from '../../src/parts/proxy.js';
import { judgeAnswers } from '../../src/story/service-expectations.js';
import { urlsIn } from '../../src/story/service-hosts.js';
import { quietWorld } from './worlds.js';

const proxy = (name: string): ProxyPart => ({
  socket: `/tmp/${name}.sock`,
  ports: [],
  urlOf: (backend) => `http://${name}/${backend}`,
  stop: async () => undefined,
});

const setting = {
  proxies: new Map([
    ['FIRST', proxy('one')],
    ['SECOND', proxy('two')],
  ]),
  roles: {
    proxies: new Map(),
    engines: [],
    registryUsername: null,
    frontends: new Map([
      [
        'production',
        [
          { host: 'first', proxy: 'FIRST', backend: 'shop' },
          { host: 'second', proxy: 'SECOND', backend: 'shop' },
        ] as const,
      ],
    ]),
  },
};

describe('the addresses of a service', () => {
  it('are those of all its hosts, or of one', () => {
    expect(urlsIn('production', null, setting)).toEqual(['http://one/shop', 'http://two/shop']);
    expect(urlsIn('production', 'second', setting)).toEqual(['http://two/shop']);
  });

  it('are refused with what there is, for an environment or a host that is not', () => {
    expect(() => urlsIn('staging', null, setting)).toThrow('speaks of the environment staging');
    expect(() => urlsIn('production', 'third', setting)).toThrow('speaks of the host third');
  });
});

it('an answer that one host alone gives is not the service’s', async () => {
  const asked: string[] = [];
  const world = quietWorld({
    urlsOf: () => ['http://one', 'http://two'],
    http: async ({ url }) => {
      asked.push(url);
      const text = async (): Promise<string> => (url.startsWith('http://one') ? '1.0.1' : '1.0.0');
      return { status: 200, text } as unknown as HttpResponse;
    },
  });

  const problem = await judgeAnswers(
    { environment: 'production', path: '/version', status: 200, contains: '1.0.1', headers: {} },
    world,
  );

  expect(problem).toBe('http://two/version was expected to answer with "1.0.1", it answered "1.0.0"');
  expect(asked.filter((url) => url.startsWith('http://one'))).toHaveLength(8);
});
