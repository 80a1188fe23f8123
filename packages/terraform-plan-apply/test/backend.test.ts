// The place of a state: the same with other credentials, another for any other place.
import { describe, expect, it } from '@jest/globals';
import { backendDigest, createBackend, readBackend } from '../src/backend.js';
import { makeCheckout } from './step.js';

const key = Buffer.alloc(32, 1);
const digest = (
  type: string,
  config: Readonly<Record<string, unknown>>,
  { directory = '/srv/infra', workspace = 'default' } = {},
): string => backendDigest(createBackend({ directory, workspace }, type, config), key);

describe('the backend digest', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [
      's3 keys',
      's3',
      { bucket: 'b', access_key: '1', secret_key: '2' },
      { bucket: 'b', profile: 'p', assume_role: { role_arn: 'r' } },
    ],
    ['a token', 'http', { address: 'https://a', password: '1' }, { address: 'https://a', username: 'u' }],
    ['a user in an address', 'pg', { conn_str: 'postgres://u:p@h/d' }, { conn_str: 'postgres://h/d' }],
    ['attributes that are not set', 's3', { bucket: 'b', region: null }, { bucket: 'b' }],
  ])('does not depend on %s', (_, type, one, other) => {
    expect(digest(type, one)).toBe(digest(type, other));
  });

  it.each<[string, string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    ['the bucket', 's3', { bucket: 'a' }, { bucket: 'b' }],
    ['the key of the state', 's3', { bucket: 'a', key: 'x' }, { bucket: 'a', key: 'y' }],
    ['the host', 'pg', { conn_str: 'postgres://u:p@h/d' }, { conn_str: 'postgres://u:p@i/d' }],
    ['the local path', 'local', { path: 'a' }, { path: 'b' }],
  ])('depends on %s', (_, type, one, other) => {
    expect(digest(type, one)).not.toBe(digest(type, other));
  });

  it('takes a relative path for another state in another folder, an absolute one for the same', () => {
    const [a, b] = [{ directory: '/a' }, { directory: '/b' }];
    expect(digest('local', {}, a)).not.toBe(digest('local', {}, b));
    expect(digest('local', { path: '/state' }, a)).toBe(digest('local', { path: '/state' }, b));
  });

  it('looks only at the place that the workspace has its state in', () => {
    const [a, b] = ['/a', '/b'].map((directory) => ({ directory, workspace: 'staging' }));
    const config = { workspace_dir: '/states' };
    expect(digest('local', {}, a)).not.toBe(digest('local', {}, b));
    expect(digest('local', config, a)).toBe(digest('local', config, b));
    expect(digest('local', config, a)).not.toBe(digest('local', { workspace_dir: '/others' }, a));
  });
});

describe('readBackend', () => {
  it('reads what init left, the local one when it left nothing, and refuses another shape', () => {
    const checkout = makeCheckout({
      'with/.terraform/terraform.tfstate': '{"backend": {"type": "s3", "config": {"bucket": "b"}}}',
      'without/main.tf': '',
      'odd/.terraform/terraform.tfstate': '{"backend": {}}',
    });
    try {
      expect(readBackend(`${checkout.folder}/with`, 'default')).toEqual({
        type: 's3',
        place: { bucket: 'b' },
      });
      expect(readBackend(`${checkout.folder}/without`, 'default').type).toBe('local');
      expect(() => readBackend(`${checkout.folder}/odd`, 'default')).toThrow('it names no backend');
    } finally {
      checkout.remove();
    }
  });
});
