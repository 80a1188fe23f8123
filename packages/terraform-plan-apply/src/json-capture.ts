// The bytes of one name or value, collected until they can be read as a whole.

export interface Capture {
  /** @throws {SyntaxError} when more than the limit was collected. */
  append(piece: Uint8Array): void;
  text(): string;
  /** @throws {SyntaxError} when it is not JSON. */
  parse(): unknown;
  clear(): void;
}

/** `limit` in bytes. */
export function createCapture(limit: number): Capture {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const text = (): string => Buffer.concat(pieces).toString('utf8');
  return {
    append(piece) {
      size += piece.length;
      if (size > limit) throw new SyntaxError(`a value of more than ${limit} bytes was found`);
      pieces.push(Uint8Array.from(piece));
    },
    text,
    parse: () => JSON.parse(text()),
    clear() {
      [pieces, size] = [[], 0];
    },
  };
}
