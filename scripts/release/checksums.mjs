// SHA256SUMS, as `sha256sum --check` reads it.
import { createHash } from 'node:crypto';
import { ReleaseProblem } from './problem.mjs';

export const checksumFile = 'SHA256SUMS';

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {readonly { name: string, bytes: Uint8Array }[]} files @returns {string} sorted by name */
export function writeChecksums(files) {
  const sorted = [...files].sort((left, right) => (left.name < right.name ? -1 : 1));
  return sorted.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('');
}

/** @param {string} text @returns {Map<string, string>} name → digest @throws {ReleaseProblem} */
export function readChecksums(text) {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const found = /^([0-9a-f]{64}) [ *]([\w.+-]+)$/.exec(line);
      if (found) return [found[2] ?? '', found[1] ?? ''];
      throw new ReleaseProblem(
        `${checksumFile}: a digest and a file name were expected, ${JSON.stringify(line)} was found`,
        'Make the assets again: npm run release -- build.',
      );
    }),
  );
}
