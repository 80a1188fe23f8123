// Records of a PAX extended header: `LENGTH KEY=VALUE\n` (POSIX.1-2001, pax interchange format).
import { damaged, readText } from './tar-header.js';

/** In the order of the header: the sparse format 0.0 repeats its keys. */
export type PaxRecords = readonly (readonly [key: string, value: string])[];

/** @throws ActionError `layer-damaged` */
export function readPaxRecords(body: Buffer): PaxRecords {
  const records: [string, string][] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : body.toString('latin1', at, space);
    const length = /^[0-9]+$/.test(digits) ? Number(digits) : 0;
    const equals = body.indexOf(0x3d, space);
    if (length === 0 || equals < 0 || equals >= at + length || body[at + length - 1] !== 0x0a) {
      throw damaged('an extended header has a broken record');
    }
    const value = body.subarray(equals + 1, at + length - 1);
    const key = body.toString('utf8', space + 1, equals);
    // Binary values such as file capabilities may hold NUL; names may not.
    if (value.includes(0) && /path$|name$|^GNU\.sparse\./.test(key)) throw damaged('a name holds a NUL');
    records.push([key, readText(value, 0, value.length)]);
    at += length;
  }
  return records;
}

/** The last value of a key; null when it was not given, or taken back by an empty value. */
export function paxValue(records: PaxRecords, key: string): string | null {
  const value = records.findLast(([name]) => name === key)?.[1] ?? '';
  return value === '' ? null : value;
}

/** The same as a whole number. @throws ActionError `layer-damaged` */
export function paxNumber(records: PaxRecords, key: string): number | null {
  const value = paxValue(records, key);
  if (value === null) return null;
  const number = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw damaged(`${key} of an extended header is no number`);
  return number;
}
