// Version numbers as tools print them.

/**
 * The first dotted number in a text.
 * @param {string} text such as `HAProxy version 2.6.12-1+deb12u4 2026/10/17`
 * @returns {string | null} such as `2.6.12`
 */
export function parseVersion(text) {
  return /\d+\.\d+(?:\.\d+)*/.exec(text)?.[0] ?? null;
}

/**
 * @param {string} version such as `2.6.12`
 * @param {string} minimum such as `2.4`; missing parts count as 0
 */
export function isAtLeast(version, minimum) {
  const have = version.split('.').map(Number);
  const want = minimum.split('.').map(Number);
  for (let index = 0; index < want.length; index += 1) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
