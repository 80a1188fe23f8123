// Variables in a text: $name, ${name} and its forms. Source: BuildKit, frontend/dockerfile/shell.
import { replacePattern, trimPattern } from './shell-pattern.js';

export interface ExpansionRules {
  readonly escapeToken: string;
  /** The value of a variable; undefined when it is not set. */
  lookUp(name: string): string | undefined;
  /** Quotes stay in the text; default: they are taken away. */
  readonly keepQuotes?: boolean;
  /** Escape characters stay in the text; default: they are taken away. */
  readonly keepEscapes?: boolean;
  /** What is not set stays as written; default: it becomes nothing. */
  readonly keepUnset?: boolean;
}

/** Why a text cannot be expanded; never leaves this package. */
export class ExpansionFault extends Error {}

/** A text on its way through the lexer. */
export interface Scan {
  readonly text: string;
  readonly rules: ExpansionRules;
  at: number;
  /** Substitutions that stand around. */
  depth: number;
  keepEscapes: boolean;
  /** Texts inside substitutions read so far. */
  nested: number;
  /** Characters that variables may still add. */
  room: number;
  readonly unset: Set<string>;
  readonly used: Set<string>;
  /** The text up to `stop`, read with everything in it. */
  readUntil(stop: string): string;
}

const deepest = 50;
const namePattern = /\d+|[@*#?\-$!0]|[\p{L}\p{Nd}_]*/uy;

function readName(scan: Scan): string {
  namePattern.lastIndex = scan.at;
  const name = namePattern.exec(scan.text)?.[0] ?? '';
  scan.at += name.length;
  return name;
}

function look(scan: Scan, name: string): string | undefined {
  const value = scan.rules.lookUp(name);
  (value === undefined ? scan.unset : scan.used).add(name);
  return value;
}

/** Counts what variables add, so that no file can make a text of any length. */
function spend(scan: Scan, value: string): string {
  scan.room -= value.length;
  if (scan.room < 0) throw new ExpansionFault('the value is too long');
  return value;
}

export function readVariable(scan: Scan): string {
  const { text, rules } = scan;
  const start = scan.at;
  scan.at += 1;
  if (text[scan.at] !== '{') {
    const name = readName(scan);
    if (name === '') return '$';
    const value = look(scan, name);
    return value === undefined && rules.keepUnset === true ? `$${name}` : spend(scan, value ?? '');
  }
  scan.at += 1;
  if (scan.at >= text.length) throw new ExpansionFault('the closing } is missing');
  if (/^[{}:]$/.test(text[scan.at] ?? '')) throw new ExpansionFault('${ is followed by no name');
  const name = readName(scan);
  if (text[scan.at] === '}') {
    scan.at += 1;
    const value = look(scan, name);
    return value === undefined && rules.keepUnset === true ? `\${${name}}` : spend(scan, value ?? '');
  }
  scan.depth += 1;
  if (scan.depth > deepest)
    throw new ExpansionFault(`substitutions stand in each other more than ${deepest} deep`);
  const value = readModifier(scan, name, start);
  scan.depth -= 1;
  return value;
}

function readModifier(scan: Scan, name: string, start: number): string {
  const { text } = scan;
  const emptyCounts = text[scan.at] === ':';
  if (emptyCounts) scan.at += 1;
  const operator = text[scan.at] ?? '';
  scan.at += operator.length;
  if (operator === '') throw new ExpansionFault('the closing } is missing');
  if (operator === '/' && !emptyCounts) return readReplacement(scan, name, start);
  const cuts = operator === '#' || operator === '%';
  if (!/^[-+?#%]$/.test(operator) || (cuts && emptyCounts))
    throw new ExpansionFault(
      `\${${name}${emptyCounts ? ':' : ''}${operator} is no substitution that Dockerfiles know`,
    );
  const word = readPart(scan, '}', cuts);
  const value = look(scan, name);
  if (value === undefined && scan.rules.keepUnset === true) return text.slice(start, scan.at);
  if (cuts) return trimmed(scan, value ?? '', { operator, word });
  const given = value !== undefined && !(emptyCounts && value === '');
  if (operator === '+') return given ? word : '';
  if (given) return spend(scan, value);
  if (operator === '-') return word;
  throw new ExpansionFault(
    `${name}: ${word === '' ? `is not allowed to be ${emptyCounts ? 'empty' : 'unset'}` : word}`,
  );
}

function trimmed(
  scan: Scan,
  value: string,
  { operator, word }: { readonly operator: string; readonly word: string },
): string {
  const longest = word.startsWith(operator);
  const result = trimPattern(value, {
    pattern: longest ? word.slice(1) : word,
    side: operator === '#' ? 'start' : 'end',
    longest,
  });
  if (result === null) throw new ExpansionFault(`the pattern ${word} cannot be used`);
  return spend(scan, result);
}

function readReplacement(scan: Scan, name: string, start: number): string {
  const all = scan.text[scan.at] === '/';
  if (all) scan.at += 1;
  const pattern = readPart(scan, '/', true);
  const replacement = readPart(scan, '}', true);
  const value = look(scan, name);
  if (value === undefined && scan.rules.keepUnset === true) return scan.text.slice(start, scan.at);
  const result = replacePattern(value ?? '', { pattern, replacement, all, limit: scan.room });
  if (result === null) throw new ExpansionFault(`the pattern ${pattern} cannot be used`);
  return spend(scan, result);
}

function readPart(scan: Scan, stop: string, keepEscapes: boolean): string {
  const before = scan.keepEscapes;
  scan.keepEscapes = keepEscapes;
  const result = scan.readUntil(stop);
  scan.keepEscapes = before;
  return result;
}
