// Where a target is, as inputs say it: hosts, keys and addresses, and everything that ssh could take for something else.
import { createInputReader } from '@headgate/kit/inputs';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Hosts, readHosts } from '../src/host-inputs.js';
import { inputSpecs } from '../src/inputs.js';
import { parseKnownHosts } from '../src/ssh-access.js';
import { parseSshHost, showAddress } from '../src/ssh-address.js';
import { optionsOf, sshArguments } from '../src/ssh-arguments.js';

const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nnone at all\n-----END OPENSSH PRIVATE KEY-----';
const line = 'host-1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKk9YbGB3sAmnwCkbFKxCyLpVpzcNcUPO5tQ5GbdCYGn';

function read(inputs: Readonly<Record<string, unknown>>, secrets: object = { 'ssh-key': key }): Hosts {
  const reader = createInputReader(inputSpecs, createTestCore({ settings: JSON.stringify(inputs) }));
  return readHosts(
    reader,
    'web',
    parseSecretMap(JSON.stringify(secrets), { name: 'deploy-secrets', setSecret: () => undefined }),
  );
}

const ssh = { transport: 'ssh', 'ssh-host': 'deploy@host-1:2222', 'ssh-known-hosts': line };

describe('the hosts of a target', () => {
  it('are this machine unless said', () => {
    expect(read({})).toEqual([
      {
        name: 'web',
        ssh: null,
        engine: '',
        proxySocket: '/run/haproxy/admin.sock',
        proxyBackend: '',
        lockDirectory: '/var/lock/headgate',
      },
    ]);
  });

  it('are one by ssh, with its key from the map', () => {
    const access = {
      address: { user: 'deploy', host: 'host-1', port: 2222 },
      knownHosts: { text: `${line}\n` },
    };
    expect(read(ssh)[0].ssh).toEqual({ ...access, key });
    expect(read({ ...ssh, 'ssh-key': 'OTHER' }, { environment: { OTHER: `${key}2` } })[0].ssh?.key).toBe(
      `${key}2`,
    );
    expect(read(ssh, {})[0].ssh).toEqual({ ...access, key: null });
  });

  it('are several, each with what differs', () => {
    const hosts = [
      'deploy@a.example.com:22',
      { name: 'b', transport: 'local', 'proxy-socket': '/run/b.sock' },
    ];
    expect(read({ 'ssh-known-hosts': 'keys', hosts })).toMatchObject([
      { name: 'a.example.com', ssh: { address: { host: 'a.example.com' }, knownHosts: { file: 'keys' } } },
      { name: 'b', ssh: null, proxySocket: '/run/b.sock' },
    ]);
  });

  it.each<[Readonly<Record<string, unknown>>, string, RegExp]>([
    [{ transport: 'telnet' }, 'transport', /local/],
    [{ ...ssh, 'ssh-host': '' }, 'ssh-host', /user@host/],
    [{ ...ssh, 'ssh-host': 'host-1' }, 'ssh-host', /user@host/],
    [{ ...ssh, 'ssh-known-hosts': '' }, 'ssh-known-hosts', /none was found/],
    [{ ...ssh, 'ssh-known-hosts': 'host-1 ssh-ed25519' }, 'ssh-known-hosts', /"host type key"/],
    [{ ...ssh, 'proxy-socket': '/run/a:b' }, 'proxy-socket', /plain characters/],
    [{ ...ssh, engine: '/run/$HOME' }, 'engine', /plain characters/],
    [{ ...ssh, hosts: ['deploy@b'] }, 'hosts', /ssh-host was given as well/],
    [{ hosts: [] }, 'hosts', /1 to 64/],
    [{ hosts: 'deploy@b' }, 'hosts', /1 to 64/],
    [{ hosts: [7] }, 'hosts', /user@host or a map/],
    [{ hosts: [{ transport: 'local' }] }, 'hosts', /name: letters/],
    [{ hosts: [{ name: 'a' }, { name: 'a', engine: '/b' }] }, 'hosts', /a stands twice/],
    [{ hosts: [{ name: 'a' }, { name: 'b' }] }, 'hosts', /b is the same place/],
    [{ hosts: [{ name: 'a', prot: 1 }] }, 'hosts', /no member "prot"/],
    [{ hosts: [{ name: 'a', engine: ['x'] }] }, 'hosts', /engine: a text/],
    [{ hosts: [{ name: 'a', transport: 'smoke' }] }, 'transport', /"smoke" is none/],
    [{ hosts: [{ name: 'a', 'proxy-backend': 'web;disable' }] }, 'proxy-backend', /backend/],
  ])('refuse %j', (inputs, input, message) => {
    expect(() => read(inputs)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(new RegExp(`^${input}: .*${message.source}`)),
      }),
    );
  });

  it('refuse a key that is none without showing it', () => {
    expect(() => read(ssh, { 'ssh-key': 'ssh-ed25519 AAAA a public one' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('a public one') }),
    );
    expect(() => read({ ...ssh, 'ssh-key': 'NONE' })).toThrow(
      expect.objectContaining({ code: 'secrets-missing' }),
    );
  });
});

describe('an address for ssh', () => {
  it.each([
    ['deploy@a', 'deploy@a'],
    ['deploy@a.example.com:22', 'deploy@a.example.com'],
    ['_d-1@10.0.0.1:2222', '_d-1@10.0.0.1:2222'],
    ['deploy@[2001:db8::1]:2222', 'deploy@[2001:db8::1]:2222'],
  ])('%s is %s', (text, shown) => {
    expect(showAddress(parseSshHost(text))).toBe(shown);
  });

  it.each([
    '-oProxyCommand=x@host',
    'deploy@-oProxyCommand=x',
    'deploy@--',
    'deploy@a b',
    'deploy@a\nb',
    'deploy@a:0',
    'deploy@a:65536',
    'deploy@a%h',
    'deploy@$(x)',
    'deploy@::1',
    '@a',
    'a',
    '',
    'ssh://deploy@a',
    'deploy@a@b',
  ])('is not %j', (text) => {
    expect(() => parseSshHost(text)).toThrow('user@host');
  });

  const folder = { path: '/f', control: '/f/c', log: '/f/log', knownHosts: '/f/known_hosts', key: '/f/key' };

  it('never becomes a flag or a second option, whatever is written', () => {
    const unit = fc.constantFrom(...'ab1.-_@:[]= $`;\n%');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), fc.string({ unit, maxLength: 20 }), (user, host) => {
        const address = ((): ReturnType<typeof parseSshHost> | null => {
          try {
            return parseSshHost(`${user}@${host}`);
          } catch {
            return null;
          }
        })();
        if (address === null) return;
        const args = sshArguments(address, folder, []);
        expect(args.slice(args.indexOf('--'))).toEqual(['--', address.host]);
        expect(address.host).not.toMatch(/^-|[\s$`;%=@]/);
        expect(address.user).not.toMatch(/^-|[\s$`;%=@]/);
      }),
      {
        numRuns: 2000,
        examples: [
          ['deploy', 'a'],
          ['deploy', '[::1]:22'],
        ],
      },
    );
  });

  it('is reached with nothing of the machine’s own configuration', () => {
    const address = parseSshHost('deploy@a');
    expect(sshArguments(address, folder, []).slice(0, 2)).toEqual(['-F', 'none']);
    expect(optionsOf(address, folder)).toMatchObject({
      StrictHostKeyChecking: 'yes',
      GlobalKnownHostsFile: '/dev/null',
      BatchMode: 'yes',
      ForwardAgent: 'no',
      IdentityAgent: 'none',
      IdentitiesOnly: 'yes',
    });
    expect(optionsOf(address, { ...folder, key: '' })).toMatchObject({
      IdentityAgent: 'SSH_AUTH_SOCK',
      IdentityFile: 'none',
    });
  });
});

describe('pinned keys', () => {
  it.each([
    [`# mine\r\n\r\n  ${line} a comment\r\n`, { text: `${line} a comment\n` }],
    [
      `@cert-authority *.example.com ssh-ed25519 ${'A'.repeat(40)}==`,
      { text: `@cert-authority *.example.com ssh-ed25519 ${'A'.repeat(40)}==\n` },
    ],
    [` deploy/known_hosts\n`, { file: 'deploy/known_hosts' }],
  ])('of %j', (text, expected) => {
    expect(parseKnownHosts(text, 'ssh-known-hosts')).toEqual(expected);
  });

  it('throw nothing but the input’s error, and hold no line that was not judged', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab1+/=@ \n\r#-'), maxLength: 200 }), (text) => {
        try {
          const known = parseKnownHosts(text, 'ssh-known-hosts');
          if ('text' in known) expect(known.text).toMatch(/^(?:[^\s#][^\n]*\n)+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-input' });
        }
      }),
      { examples: [[`${line}\n`]] },
    );
  });
});
