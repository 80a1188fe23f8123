// What tells a connection that was never there from one that broke: only the former may be tried again unasked.
import { describe, expect, it } from '@jest/globals';
import { connectionCode } from '../src/ssh-connection.js';

const failed = (code: string, syscall: string): Error => Object.assign(new Error(code), { code, syscall });

describe('connectionCode', () => {
  it.each([
    [failed('ECONNREFUSED', 'connect'), 'ECONNREFUSED'],
    [failed('ECONNRESET', 'read'), 'ECONNRESET'],
    [failed('ECONNRESET', 'connect'), 'connect ECONNRESET'],
    [Object.assign(new Error('x', { cause: failed('EPIPE', 'write') }), { code: 'http-failed' }), 'EPIPE'],
    [
      Object.assign(new Error('x', { cause: failed('ECONNRESET', 'connect') }), { code: 'http-failed' }),
      'connect ECONNRESET',
    ],
    [new Error('anything'), ''],
    ['a word', ''],
  ])('of %p is "%s"', (error, code) => {
    expect(connectionCode(error)).toBe(code);
  });
});
