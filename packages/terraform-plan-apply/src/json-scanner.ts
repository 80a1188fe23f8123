// Reads the root members of a JSON object from bytes as they come, so that a plan of any size needs little memory.

/** What is wanted of one root member. */
export type Taking =
  | { readonly kind: 'value'; take(value: unknown): void }
  /** Each element of an array alone; a value that is no array is taken whole, as one element. */
  | { readonly kind: 'elements'; take(value: unknown): void }
  /** The bytes of the value, in pieces. */
  | { readonly kind: 'bytes'; take(piece: Uint8Array): void }
  | { readonly kind: 'skip' };

export interface JsonScanner {
  write(chunk: Uint8Array): void;
  /** @throws {SyntaxError} when the object has not ended. */
  end(): void;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a] as const;
const [openBrace, closeBrace, openBracket, closeBracket, lineFeed] = [0x7b, 0x7d, 0x5b, 0x5d, 0x0a] as const;

/**
 * Scans for one object that begins at the start of a line; what stands before and after it is passed over.
 * `limit` is the number of bytes that one value or element may have to be parsed.
 * @throws {SyntaxError} from `write` for a value that is not JSON or is larger than `limit`.
 */
export function createJsonScanner(choose: (name: string) => Taking, limit: number): JsonScanner {
  let phase: 'before' | 'key' | 'colon' | 'value' | 'after' = 'before';
  let [depth, lineStart, inString, escaped] = [0, true, false, false];
  let taking: Taking = { kind: 'skip' };
  let started = false;
  const key = createCapture(limit);
  const value = createCapture(limit);

  const finishValue = (): void => {
    if (started && (taking.kind === 'value' || taking.kind === 'elements')) taking.take(value.parse());
    value.clear();
    started = false;
  };
  const isWhole = (): boolean => taking.kind !== 'elements';
  /** Elements are at depth 2, members at depth 1. */
  const outer = (): number => (isWhole() ? 1 : 2);
  const begin = (): void => {
    started = true;
  };

  const step = (byte: number, keep: () => void): void => {
    if (phase === 'before') {
      if (lineStart && byte === openBrace) [phase, depth] = ['key', 1];
      lineStart = byte === lineFeed;
    } else if (phase === 'key') {
      if (inString) stepString(byte, () => key.add(byte), endKey);
      else if (byte === quote) inString = true;
      else if (byte === closeBrace) phase = 'after';
    } else if (phase === 'colon') {
      if (byte === colon) phase = 'value';
    } else if (phase === 'value') {
      stepValue(byte, keep);
    }
  };
  const stepString = (byte: number, add: () => void, end: () => void): void => {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    else if (byte === quote) {
      inString = false;
      end();
      return;
    }
    add();
  };
  const endKey = (): void => {
    taking = choose(String(JSON.parse(`"${key.text()}"`)));
    key.clear();
    phase = 'colon';
  };
  const stepValue = (byte: number, keep: () => void): void => {
    if (inString) {
      stepString(byte, keep, keep);
      return;
    }
    const closing = byte === closeBrace || byte === closeBracket;
    if (depth === outer() && (byte === comma || closing)) {
      endValue(byte);
      return;
    }
    if (!started && taking.kind === 'elements' && depth === 1) {
      if (isSpace(byte)) return;
      if (byte === openBracket) {
        depth = 2;
        return;
      }
      taking = { kind: 'value', take: taking.take };
    }
    if (!started && isSpace(byte)) return;
    begin();
    keep();
    if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (closing) depth -= 1;
  };
  const endValue = (byte: number): void => {
    finishValue();
    if (depth === 2 && byte === comma) return;
    if (depth === 2) {
      depth = 1;
      taking = { kind: 'skip' };
      return;
    }
    phase = byte === comma ? 'key' : 'after';
  };

  return {
    write(chunk) {
      let from = -1;
      let index = 0;
      const flush = (): void => {
        if (from < 0) return;
        const piece = chunk.subarray(from, index);
        from = -1;
        if (taking.kind === 'bytes') taking.take(piece);
        else if (taking.kind !== 'skip') value.append(piece);
      };
      const keep = (): void => {
        if (from < 0) from = index;
      };
      for (; index < chunk.length; index += 1) {
        if (phase === 'value' && inString && !escaped) {
          keep();
          index = endOfPlainText(chunk, index);
          if (index === chunk.length) break;
        }
        const byte = chunk[index] ?? 0;
        const ends = phase === 'value' && !inString && depth === outer();
        if (ends && (byte === comma || byte === closeBrace || byte === closeBracket)) flush();
        step(byte, keep);
      }
      flush();
    },
    end() {
      if (phase !== 'after') throw new SyntaxError('a JSON object was expected, it ends too early');
    },
  };
}

interface Capture {
  add(byte: number): void;
  append(piece: Uint8Array): void;
  text(): string;
  parse(): unknown;
  clear(): void;
}

function createCapture(limit: number): Capture {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const append = (piece: Uint8Array): void => {
    size += piece.length;
    if (size > limit) throw new SyntaxError(`a value of more than ${limit} bytes was found`);
    pieces.push(Uint8Array.from(piece));
  };
  const text = (): string => Buffer.concat(pieces).toString('utf8');
  return {
    append,
    add: (byte) => append(Uint8Array.of(byte)),
    text,
    parse: () => JSON.parse(text()),
    clear() {
      [pieces, size] = [[], 0];
    },
  };
}

/** Most of a plan is text: the first byte from `from` on that means something inside it. */
function endOfPlainText(chunk: Uint8Array, from: number): number {
  let index = from;
  while (index < chunk.length && chunk[index] !== quote && chunk[index] !== backslash) index += 1;
  return index;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;
}
