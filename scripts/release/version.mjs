// Versions of this repository: three whole numbers, and the tags that carry them.
import { ReleaseProblem } from './problem.mjs';

/** @typedef {readonly [major: number, minor: number, patch: number]} Version */

const pattern = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/** @param {string} text `1.2.3` @returns {Version | null} null for anything else */
export function parseVersion(text) {
  const found = pattern.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : null;
}

/** @param {string} tag `v1.2.3` @returns {Version | null} null for every other tag, `v1` among them */
export const parseTag = (tag) => (tag.startsWith('v') ? parseVersion(tag.slice(1)) : null);

/** @param {Version} left @param {Version} right */
export const compareVersions = (left, right) =>
  left[0] - right[0] || left[1] - right[1] || left[2] - right[2];

/** @param {Version} version */
export const showVersion = (version) => version.join('.');

/** @param {string | undefined} text @returns {Version} @throws {ReleaseProblem} */
export function readVersion(text) {
  const version = parseVersion(text ?? '');
  if (version) return version;
  throw new ReleaseProblem(
    `a version X.Y.Z was expected, ${JSON.stringify(text ?? '')} was found`,
    'Pass --version 1.2.3, the number in the name of the release branch.',
  );
}
