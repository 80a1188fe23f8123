// SHA-256 of a short text without node:crypto, whose loading alone costs a fifth of bare node's start (FIPS 180-4).

const rounds = constants();

/** 64 hex digits, the same as `sha256Hex` of digest.ts; meant for names, where a failing start must write them. */
export function sha256OfText(text: string): string {
  const { words, count } = padded(Buffer.from(text));
  const state = Uint32Array.from(rounds.start);
  for (let block = 0; block < count; block += 1) compress(state, words.subarray(block * 16, block * 16 + 16));
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

function padded(bytes: Uint8Array): { words: Uint32Array; count: number } {
  const count = Math.ceil((bytes.length + 9) / 64);
  const view = new DataView(new ArrayBuffer(count * 64));
  bytes.forEach((byte, index) => {
    view.setUint8(index, byte);
  });
  view.setUint8(bytes.length, 0x80);
  view.setBigUint64(count * 64 - 8, BigInt(bytes.length) * 8n);
  return { count, words: Uint32Array.from({ length: count * 16 }, (_, index) => view.getUint32(index * 4)) };
}

function compress(state: Uint32Array, block: Uint32Array): void {
  const w = schedule(block);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i += 1) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + big1 + ((e & f) ^ (~e & g)) + (rounds.each[i] ?? 0) + (w[i] ?? 0)) >>> 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [a, b, c, d, e, f, g, h] = [(t1 + t2) >>> 0, a, b, c, (d + t1) >>> 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

function schedule(block: Uint32Array): Uint32Array {
  const w = new Uint32Array(64);
  w.set(block);
  for (let i = 16; i < 64; i += 1) {
    const [x = 0, y = 0, p = 0, q = 0] = [w[i - 15], w[i - 2], w[i - 16], w[i - 7]];
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = p + small0 + q + small1;
  }
  return w;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits of the fractions of the roots of the first primes: square roots to start, cube roots each round. */
function constants(): { start: readonly number[]; each: readonly number[] } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);
  return {
    start: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    each: primes.map((prime) => fraction(Math.cbrt(prime))),
  };
}
