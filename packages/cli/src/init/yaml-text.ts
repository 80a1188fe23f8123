// YAML that people go on writing: block mappings with comments, short values on one line. What is written parses back to
// what was meant, whatever the texts hold.
import { clean } from '@headgate/rehearsal/view/text';

export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

export interface Line {
  readonly key: string;
  /** A block of its own lines, or a value that stands on the line of its key. */
  readonly value: Block | Plain;
  /** Lines of comment above the key. */
  readonly above?: readonly string[];
  /** Comment at the end of the line. */
  readonly beside?: string;
  /** An empty line comes before. */
  readonly apart?: boolean;
}

/** Keys with values, in this order, over several lines. */
export class Block {
  readonly lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    this.lines = lines;
  }
}

/** Lines without their last line break. */
export function writeYaml(block: Block, indent = 0): readonly string[] {
  const margin = ' '.repeat(indent);
  return block.lines.flatMap(({ key, value, above = [], beside, apart = false }) => {
    const comment = beside === undefined ? '' : ` # ${oneLine(beside)}`;
    const isBlock = value instanceof Block && value.lines.length > 0;
    const shown = isBlock ? '' : ` ${value instanceof Block ? '{}' : writeValue(value)}`;
    return [
      ...(apart ? [''] : []),
      ...above.map((line) => `${margin}# ${oneLine(line)}`.trimEnd()),
      `${margin}${writeText(key)}:${shown}${comment}`,
      ...(isBlock ? writeYaml(value, indent + 2) : []),
    ];
  });
}

/** The value that a block stands for. */
export function meaningOf(block: Block): { readonly [key: string]: Plain } {
  const entries = block.lines.map(
    ({ key, value }) => [key, value instanceof Block ? meaningOf(value) : value] as const,
  );
  return fromEntries(entries);
}

/** Without a prototype, so that any name is a key. */
function fromEntries(entries: readonly (readonly [string, Plain])[]): { readonly [key: string]: Plain } {
  const result: Record<string, Plain> = Object.create(null) as Record<string, Plain>;
  for (const [key, value] of entries) result[key] = value;
  return result;
}

function writeValue(value: Plain): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeValue(item as Plain)).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${writeText(key)}: ${writeValue(item as Plain)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Texts that need no quotes anywhere, also inside brackets. */
const bare = /^(?:[A-Za-z_/]|\.(?=[A-Za-z_/]))[A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*$/;
/** What YAML, of any age, takes for something else than text; and what a reader of it might refuse as a key. */
const reserved = /^(?:true|false|yes|no|on|off|y|n|null|\.inf|\.nan|\.)$/i;

/** A text as YAML: bare where nobody could misread it, else in double quotes. */
export function writeText(text: string): string {
  if (text === '.') return text;
  if (bare.test(text) && !reserved.test(text)) return text;
  // JSON's escapes are YAML's too; what only YAML minds is escaped besides.
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cf}/gu, (character) =>
    escaped(character),
  );
}

function escaped(character: string): string {
  return [...character.split('')]
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function oneLine(text: string): string {
  return clean(text.isWellFormed() ? text : text.replace(/[\ud800-\udfff]/g, '\ufffd')).trim();
}
