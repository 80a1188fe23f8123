// What keeps the instances and locks of two services on one host apart.
import { describe, expect, it } from '@jest/globals';
import { identityLabels, lockName } from '../src/identity.js';

const identity = {
  application: 'shop',
  environment: 'staging',
  target: 'host-1',
  service: 'web',
  proxy: '/run/proxy.sock#web',
};

describe.each([
  ['another application', { application: 'bank' }],
  ['another environment', { environment: 'production' }],
  ['another target', { target: 'host-2' }],
  ['another service', { service: 'api' }],
  ['another proxy', { proxy: '/run/other.sock#web' }],
  ['another backend', { proxy: '/run/proxy.sock#web2' }],
])('a service of %s', (_, difference) => {
  const other = { ...identity, ...difference };

  it('has other labels, so that neither takes the other for its former version', () => {
    expect(identityLabels(other)).not.toEqual(identityLabels(identity));
  });

  it('has another lock, so that neither waits for the other', () => {
    expect(lockName(other)).not.toBe(lockName(identity));
  });
});

it('gives a lock that is one file name, whatever the environment is called', () => {
  expect(lockName({ ...identity, environment: '../../etc/review/feature-x' })).toMatch(
    /^shop\.web\.[0-9a-f]{12}\.lock$/,
  );
});
