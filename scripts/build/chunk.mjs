// The form of a lazily loaded chunk in which two bundles that have the same modules have the same text: ncc numbers modules
// anew in each bundle, so the numbers stand apart from what they number. Needs no package: releasing reads bundles with it.

/** @typedef {{ maker: string, numbers: readonly number[] }} Chunk maker: a function of the numbers, as an expression */

const form = /^const f=(.*);export const\{id,ids,modules\}=f\((\[[\d,]*\])\);\n$/s;

/** @param {Chunk} chunk @returns {string} */
export function joinChunk({ maker, numbers }) {
  return `const f=${maker};export const{id,ids,modules}=f(${JSON.stringify(numbers)});\n`;
}

/** @param {string} text @returns {Chunk | null} null for what `writeChunk` did not write */
export function splitChunk(text) {
  const [, maker, numbers] = form.exec(text) ?? [];
  return maker === undefined ? null : { maker, numbers: JSON.parse(numbers ?? '[]') };
}
