// One line per tool as it becomes ready; long steps show that they live.

/** @param {number} since @returns {string} */
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const width = 20;

/**
 * @param {(line: string) => void} print
 */
export function createProgress(print) {
  /** @type {Map<string, number>} */
  const running = new Map();
  const beat = setInterval(() => {
    for (const [name, since] of running)
      print(`  ...    ${name.padEnd(width)} still at it (${seconds(since)})`);
  }, 10_000);
  beat.unref();
  return {
    /** @param {string} name @param {string} wanted */
    start(name, wanted) {
      running.set(name, Date.now());
      print(`  get    ${name.padEnd(width)} ${wanted}`);
    },
    /** @param {string} name @param {import('./tools.mjs').Found} found */
    ready(name, found) {
      const since = running.get(name);
      running.delete(name);
      print(
        `  ready  ${name.padEnd(width)} ${found.version}, ${found.from}${since ? ` (${seconds(since)})` : ''}`,
      );
    },
    /** @param {string} name @param {string} why */
    without(name, why) {
      running.delete(name);
      print(`  none   ${name.padEnd(width)} ${why}`);
    },
    end() {
      clearInterval(beat);
    },
  };
}
