// Known secrets in the JSON documents of an image: its configuration, annotations, provenance, bill of materials.
import type { ByteMatcher } from './byte-matcher.js';

export interface DocumentMatch {
  readonly pattern: number;
  /** JSON pointer; null outside every text. */
  readonly pointer: string | null;
}

/** Above this many characters a document is searched as it is written only. */
const longestParsed = 32 * 1024 * 1024;

/**
 * Searches the document as it is written, and each of its texts, keys as well, as they read without JSON's escapes.
 * What is no JSON is searched as it is. Of one pattern the text's place is told, not the document's.
 */
export function searchDocument(text: string, matcher: ByteMatcher): readonly DocumentMatch[] {
  const matches: DocumentMatch[] = [];
  const told = new Set<number>();
  for (const { value, pointer } of textsOf(parsed(text))) {
    const inText = new Set<number>();
    matcher.find(Buffer.from(value), (pattern) => inText.add(pattern));
    for (const pattern of inText) {
      told.add(pattern);
      matches.push({ pattern, pointer });
    }
  }
  const written = new Set<number>();
  matcher.find(Buffer.from(text), (pattern) => written.add(pattern));
  for (const pattern of written) if (!told.has(pattern)) matches.push({ pattern, pointer: null });
  return matches;
}

interface PointedText {
  readonly value: string;
  readonly pointer: string;
}

/** Without recursion: a document may be nested as deeply as its writer likes. */
function* textsOf(document: unknown): Generator<PointedText> {
  const open: { readonly value: unknown; readonly path: Path | null }[] = [{ value: document, path: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') yield { value, pointer: pointerOf(path) };
    if (value === null || typeof value !== 'object') continue;
    for (const [key, member] of Object.entries(value)) {
      const inner = { key, above: path };
      if (!Array.isArray(value)) yield { value: key, pointer: pointerOf(inner) };
      open.push({ value: member, path: inner });
    }
  }
}

interface Path {
  readonly key: string;
  readonly above: Path | null;
}

const deepestPointer = 64;

function pointerOf(path: Path | null): string {
  const keys: string[] = [];
  for (let step = path; step !== null && keys.length < deepestPointer; step = step.above) keys.push(step.key);
  return keys
    .reverse()
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function parsed(text: string): unknown {
  if (text.length > longestParsed) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
