// Containers as one starts them by hand: `docker run`, a health request again and again, `docker stop`.
import { setTimeout as sleep } from 'node:timers/promises';

let count = 0;

/** @typedef {{ id: string, port: number, stop: () => Promise<void>, remove: () => void }} Container */

/**
 * Returns when its health path answers.
 * @param {import('./place.mjs').Place} place
 * @param {string} version
 * @returns {Promise<Container>}
 */
export async function runHealthy({ host, images }, version) {
  const port = await host.freePort();
  count += 1;
  const image = images[count % 2]?.reference ?? '';
  const environment = ['-e', `VERSION=${version}`, '--label', 'io.headgate.bench'];
  const id = host.docker('run', '-d', ...environment, '-p', `127.0.0.1:${port}:3000`, image);
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) break;
    if (Date.now() > deadline) throw new Error('a container was not healthy within a minute');
  }
  return {
    id,
    port,
    stop: async () => void host.docker('stop', '-t', '2', id),
    remove: () => void host.docker('rm', '-f', id),
  };
}
