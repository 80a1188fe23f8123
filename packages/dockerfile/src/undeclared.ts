// Arguments declared before the first FROM and used in a stage that does not declare them again: empty there.
import type { Instruction } from './instruction.js';

/** Instructions whose variables BuildKit expands; in RUN it is the shell that finds them empty. */
const expanding: ReadonlySet<string> = new Set(
  'ADD ARG COPY ENV EXPOSE LABEL RUN STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
);
const use = /\$(?:\{(\w+)|([A-Za-z_]\w*))/g;

interface Known {
  readonly values: ReadonlyMap<string, string>;
  readonly declared: ReadonlyMap<string, true>;
}

/** @param globals names of ARG before the first FROM */
export function undeclaredIn(
  { keyword, text }: Instruction,
  globals: ReadonlyMap<string, number>,
  { values, declared }: Known,
): ReadonlySet<string> {
  const missing = new Set<string>();
  if (globals.size === 0 || !expanding.has(keyword) || !text.includes('$')) return missing;
  const plain = text.replace(/'[^']*'/g, '');
  for (const [, braced, bare] of plain.matchAll(use)) {
    const name = braced ?? bare ?? '';
    if (!globals.has(name) || values.has(name) || declared.has(name) || missing.has(name)) continue;
    if (keyword === 'RUN' && setsItself(plain, name)) continue;
    missing.add(name);
  }
  return missing;
}

/** A shell may set the variable itself. */
function setsItself(text: string, name: string): boolean {
  return new RegExp(`\\b(?:${name}=|(?:for|read|export|local)\\s[^;&|]*\\b${name}\\b)`).test(text);
}
