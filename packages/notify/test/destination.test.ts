// Addresses and what they are, against the ranges as integers.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeDestination } from '../src/destination.js';
import { ipClass } from '../src/ip-class.js';
import { secretParts } from '../src/webhook-url.js';

describe('the class of an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.1.1', 'private'],
    ['100.100.100.200', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['0.0.0.0', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['::', 'reserved'],
    ['64:ff9b::a00:1', 'reserved'],
    ['2002:a00:1::', 'reserved'],
    ['ff02::1', 'reserved'],
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
  ])('of %s is %s', (address, expected) => {
    expect(ipClass(address)).toBe(expected);
  });

  it('is the same for an IPv4 address written as IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(ipClass(`::ffff:${address}`)).toBe(ipClass(address));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a destination', () => {
  it('is refused with any spelling of an inner address, and none of them is looked up', async () => {
    const spelling = fc
      .tuple(fc.constantFrom(10, 127, 0), fc.nat(255), fc.nat(255), fc.nat(255))
      .chain((parts) => {
        const number = parts.reduce((sum, part) => sum * 256 + part, 0);
        return fc.constantFrom(
          parts.join('.'),
          String(number),
          `0x${number.toString(16)}`,
          parts.map((part) => `0${part.toString(8)}`).join('.'),
          `[::ffff:${parts.join('.')}]`,
        );
      });
    await fc.assert(
      fc.asyncProperty(spelling, async (host) => {
        const looked = async (): Promise<never> => {
          throw new Error('looked up');
        };
        const judged = await judgeDestination(new URL(`https://${host}/`), [], looked);
        expect(judged.kind).toBe('refused');
      }),
      { numRuns: 1000 },
    );
  });

  it('is unknown when its name has no address', async () => {
    const judged = await judgeDestination(new URL('https://hooks.invalid/'), [], async () => {
      throw new Error('ENOTFOUND');
    });
    expect(judged).toEqual({ kind: 'unknown' });
  });

  it('is allowed in public, and inside only where that was said', async () => {
    const url = new URL('https://hooks.example/');
    expect(await judgeDestination(url, [], async () => ['8.8.8.8'])).toEqual({
      kind: 'allowed',
      address: '8.8.8.8',
    });
    expect(await judgeDestination(url, ['private'], async () => ['10.0.0.1'])).toMatchObject({
      kind: 'allowed',
    });
    expect(await judgeDestination(url, ['loopback'], async () => ['10.0.0.1'])).toMatchObject({
      kind: 'refused',
    });
  });
});

describe('the secret parts of an address', () => {
  it('are its path and what may be a token, not its plain words', () => {
    const parts = secretParts(new URL('https://hooks.example/services/T0AB12CD34/abc?sig=q%2BwErTy123'));

    expect(parts).toEqual(expect.arrayContaining(['T0AB12CD34', 'q+wErTy123', '/services/T0AB12CD34/abc']));
    expect(parts).not.toContain('services');
  });
});
