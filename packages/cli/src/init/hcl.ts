// The blocks and attributes of HCL (Terraform, OpenTofu, Packer), as far as their names and plain values go. Total: text
// that is no HCL gives what could be read of it.

import { type Token, tokensOf } from './hcl-tokens.js';

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** Attributes and their values as written, on one line or over several. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly blocks: readonly HclBlock[];
}

/** Deeper than people write; what lies deeper is left out. */
const maxDepth = 24;

/** The file itself as a block without a name. */
export function readHcl(text: string): HclBlock {
  const reader = { text, tokens: tokensOf(text), at: 0 };
  const all: HclBlock[] = [];
  const attributes = new Map<string, string>();
  // A closing bracket too many ends a body early: the rest is still read.
  while (reader.at < reader.tokens.length) {
    const body = readBody(reader, 0);
    all.push(...body.blocks);
    for (const [name, value] of body.attributes) attributes.set(name, value);
  }
  return { type: '', labels: [], attributes, blocks: all };
}

/** All blocks of a type, wherever they stand. */
export function blocksOf(block: HclBlock, type: string): readonly HclBlock[] {
  return block.blocks.flatMap((inner) => [...(inner.type === type ? [inner] : []), ...blocksOf(inner, type)]);
}

/** The text of a value that is one plain string; null for expressions and templates. */
export function plainText(value: string | undefined): string | null {
  const inner = /^"((?:[^"\\$%]|\\.)*)"$/s.exec(value?.trim() ?? '')?.[1];
  return inner === undefined ? null : unescapeText(inner);
}

/** The plain strings of a list; null when it holds anything else. */
export function plainTexts(value: string | undefined): readonly string[] | null {
  const inner = /^\[(.*)\]$/s.exec(value?.trim() ?? '')?.[1];
  if (inner === undefined) return null;
  const items = tokensOf(inner).filter(({ kind, text }) => kind !== 'line' && text !== ',');
  if (items.some(({ kind }) => kind !== 'text')) return null;
  const texts = items.map(({ text }) => plainText(text));
  return texts.includes(null) ? null : texts.filter((text) => text !== null);
}

function unescapeText(text: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(.)/gs, (_, character: string) => known[character] ?? character);
}

interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
}

/** Until the bracket that closes it, or the end. */
function readBody(reader: Reader, depth: number): Pick<HclBlock, 'attributes' | 'blocks'> {
  const attributes = new Map<string, string>();
  const blocks: HclBlock[] = [];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined) break;
    reader.at += 1;
    if (token.text === '}') break;
    if (token.kind !== 'word') continue;
    const next = reader.tokens[reader.at];
    if (next?.text === '=') {
      reader.at += 1;
      attributes.set(token.text, readValue(reader));
      continue;
    }
    const block = readBlock(reader, token.text, depth);
    if (block !== null) blocks.push(block);
  }
  return { attributes, blocks };
}

function readBlock(reader: Reader, type: string, depth: number): HclBlock | null {
  const labels: string[] = [];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined || (token.kind === 'mark' && token.text !== '{') || token.kind === 'line')
      return null;
    reader.at += 1;
    if (token.text === '{' && token.kind === 'mark') break;
    labels.push(token.kind === 'text' ? (plainText(token.text) ?? token.text) : token.text);
  }
  if (depth >= maxDepth) {
    skipBrackets(reader, 1);
    return null;
  }
  return { type, labels, ...readBody(reader, depth + 1) };
}

/** To the end of the line, or of the brackets that are open there. */
function readValue(reader: Reader): string {
  const first = reader.tokens[reader.at];
  if (first === undefined) return '';
  let open = 0;
  let end = first.at;
  for (let token = reader.tokens[reader.at]; token !== undefined; token = reader.tokens[reader.at]) {
    const closes = token.kind === 'mark' && '})]'.includes(token.text);
    if (open === 0 && (token.kind === 'line' || closes)) break;
    if (token.kind === 'mark' && '{(['.includes(token.text)) open += 1;
    if (closes) open -= 1;
    if (token.kind !== 'line') end = token.end;
    reader.at += 1;
  }
  return reader.text.slice(first.at, end);
}

function skipBrackets(reader: Reader, open: number): void {
  let left = open;
  while (left > 0 && reader.at < reader.tokens.length) {
    const { kind, text } = reader.tokens[reader.at] ?? { kind: 'line', text: '' };
    if (kind === 'mark' && text === '{') left += 1;
    if (kind === 'mark' && text === '}') left -= 1;
    reader.at += 1;
  }
}
