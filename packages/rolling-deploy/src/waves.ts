// Several hosts as waves: the first one alone, then as many at a time as was said. Pure, and blind to the kind of host.
import { InputError } from '@headgate/kit/errors';
import { type Amount, countOf } from './strategy.js';

/** Reads a number of hosts or a share of them. @throws {InputError} */
export function parseWave(text: string): Amount {
  const [, digits, percent] = /^(\d{1,3})(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits ?? '0');
  if (value > 0 && value <= (percent === '%' ? 100 : 64))
    return { value, unit: percent === '%' ? 'percent' : 'instances' };
  throw new InputError(
    'wave',
    `a number of hosts from 1 to 64 or a share up to 100% was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Write for example 2 or 25%.',
  );
}

/** Every host once, in the order given; a share is of all hosts, rounded down, and at least one. */
export function planWaves<T>(hosts: readonly T[], wave: Amount): readonly (readonly T[])[] {
  const [gate, ...rest] = hosts;
  if (gate === undefined) return [];
  const size = Math.max(1, countOf(wave, hosts.length, 'down'));
  const waves: (readonly T[])[] = [[gate]];
  for (let at = 0; at < rest.length; at += size) waves.push(rest.slice(at, at + size));
  return waves;
}
