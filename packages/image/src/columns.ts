// Columns of numbers that grow without leaving their former memory to the collector, which would let it lie about.

export function widerInts(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  return new Int32Array(column.buffer.transfer(size * Int32Array.BYTES_PER_ELEMENT));
}

export function widerFloats(column: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  return new Float64Array(column.buffer.transfer(size * Float64Array.BYTES_PER_ELEMENT));
}

/** A buffer of its own memory, as `makeBytes` gives it. */
export function widerBytes(bytes: Buffer<ArrayBuffer>, size: number): Buffer<ArrayBuffer> {
  return Buffer.from(bytes.buffer.transfer(size));
}

export function makeBytes(size: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(size));
}
