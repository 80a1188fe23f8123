// A list worked on by a limited number of workers.

/**
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} workers at most so many at once
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>} in the order of the items
 */
export async function forEachParallel(items, workers, work) {
  /** @type {R[]} */
  const results = new Array(items.length);
  let next = 0;
  const run = async () => {
    while (next < items.length) {
      const index = next++;
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, run));
  return results;
}
