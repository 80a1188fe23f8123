// The forms that members of strategies have.
import { InputError } from '@headgate/kit/errors';
import { nearestName } from '@headgate/kit/nearest-name';
import { parseDuration } from '@headgate/kit/quantities';

/** @throws {InputError} */
export function duration(member: string, value: unknown): number {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms !== null) return ms;
  throw wrong(
    `${member}: a time was expected, ${shown(value)} was found`,
    `Write for example ${member}: 30s.`,
  );
}

/** A duration that is not none. @throws {InputError} */
export function time(member: string, value: unknown): number {
  const ms = duration(member, value);
  if (ms > 0) return ms;
  throw wrong(`${member}: a time longer than 0 was expected`, `Write for example ${member}: 10m.`);
}

/** 0 to 1 of a share such as 1%. @throws {InputError} */
export function share(member: string, value: unknown): number {
  const [, digits] = /^(\d{1,2}(?:\.\d{1,3})?)%$/.exec(String(value)) ?? [];
  if (digits !== undefined && Number(digits) > 0) return Number(digits) / 100;
  throw wrong(
    `${member}: a share of 0.001% to 99.999% was expected, ${shown(value)} was found`,
    `Write for example ${member}: 5%.`,
  );
}

/** @throws {InputError} */
export function choice<T extends string>(member: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const near = nearestName(String(value), known);
  throw wrong(`${member} ${shown(value)} is none`, `Write ${near ?? known.join(', ')}.`);
}

/** The members of a map, all of them known. @throws {InputError} */
export function membersOf(
  what: string,
  value: unknown,
  known: readonly string[],
): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`${what}: a map was expected, ${shown(value)} was found`, `Write ${known.join(', ')}.`);
  const given = new Map<string, unknown>(Object.entries(value));
  for (const key of given.keys()) {
    if (known.includes(key)) continue;
    const near = nearestName(key, known);
    throw wrong(`${what} has no member ${shown(key)}`, `Write ${near ?? known.join(', ')}.`);
  }
  return given;
}

/** @throws {InputError} */
export function text(member: string, value: unknown, { form, wanted }: Form): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw wrong(
    `${member}: ${wanted} was expected, ${shown(value)} was found`,
    `Write ${wanted} into ${member}.`,
  );
}

export interface Form {
  readonly form: RegExp;
  readonly wanted: string;
}

export function shown(value: unknown): string {
  return String(JSON.stringify(value ?? null)).slice(0, 80);
}

export function wrong(problem: string, hint: string): InputError {
  return new InputError('strategy', problem, hint);
}
