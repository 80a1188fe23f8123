// Why a connection did not come to be: ssh's own words, as OpenSSH 9.2 says them, to one code each.
import { describe, expect, it } from '@jest/globals';
import { lastWords, sshFailure } from '../src/ssh-failure.js';

const address = { user: 'deploy', host: 'a', port: 22 };

describe('a connection that did not come to be', () => {
  it.each([
    ['ssh: connect to host a port 22: Connection refused', 'ssh-unreachable', /Connection refused/],
    ['ssh: connect to host a port 22: Connection timed out', 'ssh-unreachable', /timed out/],
    ['ssh: Could not resolve hostname a: Name or service not known', 'ssh-unreachable', /resolve/],
    ['kex_exchange_identification: Connection closed by remote host', 'ssh-unreachable', /closed/],
    ['', 'ssh-unreachable', /said nothing/],
    ['deploy@a: Permission denied (publickey).', 'ssh-auth-refused', /Permission denied/],
    [
      'Load key "/f/key": error in libcrypto\ndeploy@a: Permission denied (publickey).',
      'ssh-auth-refused',
      /libcrypto/,
    ],
    [
      'No ED25519 host key is known for a and you have requested strict checking.\nHost key verification failed.',
      'ssh-host-key',
      /not pinned/,
    ],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
      'ssh-host-key',
      /another key than the one pinned for a/,
    ],
  ])('%j is %s', (words, code, message) => {
    expect(sshFailure(address, words)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('shows the last words on one line, and not more than a screen can bear', () => {
    expect(lastWords('@@@@@@\none\r\n\ntwo\n   \nthree\n')).toBe('two; three');
    expect(lastWords('x'.repeat(100_000))).toHaveLength(300);
  });
});
