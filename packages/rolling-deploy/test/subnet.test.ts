// Addresses of a subnet: what is given was free, and is one that a host can have.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { freeAddress, isWithin } from '../src/subnet.js';

describe('a subnet', () => {
  it.each([
    ['10.146.0.0/24', 0, '10.146.0.2'],
    ['10.146.0.0/24', 0.999, '10.146.0.254'],
    ['10.146.0.77/24', 0, '10.146.0.2'],
    ['172.31.255.248/30', 0, '172.31.255.250'],
    ['10.0.0.0/8', 0.5, '10.128.0.0'],
  ])('%s at %d gives %s', (range, random, address) => {
    expect(freeAddress({ range, gateway: '' }, new Set(), () => random)).toBe(address);
  });

  it.each([
    '',
    '10.146.0.0',
    '10.146.0.0/31',
    '10.146.0.0/7',
    '10.146.0.256/24',
    'fd00::/64',
    '1.2.3.4.5/24',
  ])('%j gives none', (range) => {
    expect(freeAddress({ range, gateway: '' }, new Set(), () => 0)).toBeNull();
  });

  it('gives each address once, whatever the choice, and then none', () => {
    const number = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 26, max: 30 }), fc.array(number, { minLength: 62 }), (bits, choices) => {
        const subnet = { range: `10.9.8.64/${bits}`, gateway: '10.9.8.65' };
        const taken = new Set<string>();
        for (const choice of choices) {
          const address = freeAddress(subnet, taken, () => choice);
          if (address === null) break;
          expect(taken).not.toContain(address);
          expect(isWithin(subnet, address)).toBe(true);
          expect(address).not.toBe(subnet.gateway);
          taken.add(address);
        }
        expect(taken.size).toBe(2 ** (32 - bits) - 3);
      }),
    );
  });

  it.each([
    ['10.146.0.0', true],
    ['10.146.0.255', true],
    ['10.146.1.0', false],
    ['10.145.255.255', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['', false],
  ])('10.146.0.0/24: %s is within it: %s', (address, isIn) => {
    expect(isWithin({ range: '10.146.0.0/24', gateway: '' }, address)).toBe(isIn);
  });
});
