// Deployments under load from keep-alive clients, each with another difficulty. Every one tells what was lost.
import { openHost } from './place.mjs';
import { tell } from './socket.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {Awaited<ReturnType<typeof openHost>>} Host */
/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} swaps
 * @property {number} requests
 * @property {number} failed
 * @property {string} note
 * @property {boolean | null} ok null: a figure without a goal
 */
/** @typedef {{ rate: number, swaps: number, requests: number }} Size */

/**
 * A host under load while `work` runs; its row.
 * @param {Place} place
 * @param {string} name
 * @param {number} rate
 * @param {(host: Host) => Promise<{ swaps: number, note?: string, ok?: boolean }>} work
 * @param {(report: import('../../packages/rolling-deploy/test/load.ts').LoadReport) => boolean} allowed
 * @returns {Promise<Row>}
 */
export async function underLoad(place, name, rate, work, allowed = ({ failed }) => failed === 0) {
  const host = await openHost(place);
  try {
    const load = await place.customers.startLoad(host.url, rate);
    const { swaps, note = '', ok = true } = await work(host);
    const report = await load.stop();
    const reasons = Object.entries(report.reasons).map(([reason, count]) => `${count} × ${reason}`);
    const { requests, failed } = report;
    return {
      name,
      swaps,
      requests,
      failed,
      note: [note, ...reasons].filter((text) => text !== '').join('; '),
      ok: ok && allowed(report),
    };
  } finally {
    place.customers.killLoads();
    host.close();
  }
}

/** @param {import('./place.mjs').Deployed} deployed @param {string} outcome @param {string} [code] */
const came = ({ outcome: found, instances, log }, outcome, code = '') => {
  const ok = found === outcome && instances === 2 && log.includes(code);
  if (!ok) process.stderr.write(`${log.slice(-2000)}\n`);
  return ok;
};

/** Requests of customers so far: health checks and commands are none. @param {string} proxySocket */
async function answeredBy(proxySocket) {
  const [names = '', ...rows] = (await tell(proxySocket, 'show stat -1 1 -1')).trim().split('\n');
  const column = names.replace(/^# /, '').split(',').indexOf('req_tot');
  return rows.reduce((sum, row) => sum + Number(row.split(',')[column]), 0);
}

/** @param {Place} place @param {Size} size @returns {Promise<Row>} */
export function manySwaps(place, { rate, swaps: wanted, requests }) {
  return underLoad(
    place,
    'swap after swap',
    rate,
    async ({ deploy, proxySocket }) => {
      const answered = () => answeredBy(proxySocket);
      let swaps = 0;
      let ok = true;
      while (ok && (swaps < wanted || (await answered()) < requests)) {
        ok = came(await deploy({ VERSION: String(swaps) }), 'deployed');
        swaps += 2;
      }
      return { swaps, ok };
    },
    (report) => report.failed === 0 && report.requests >= requests,
  );
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function diesAtOnce(place, rate) {
  return underLoad(place, 'dies at once on SIGTERM', rate, async ({ deploy }) => {
    const all = [];
    for (const VERSION of ['1', '2', '3'])
      all.push(came(await deploy({ VERSION, DIES_AT_ONCE: '1' }), 'deployed'));
    return { swaps: 6, ok: !all.includes(false) };
  });
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function slowRequests(place, rate) {
  return underLoad(place, 'requests of 3 s in flight', rate, async ({ deploy, url }) => {
    const asked = Array.from({ length: 4 }, () => fetch(`${url}slow`).then((answer) => answer.json()));
    const ok = came(await deploy({ VERSION: 'new' }), 'deployed');
    const answers = await Promise.allSettled(asked);
    const whole = answers.filter(({ status }) => status === 'fulfilled').length;
    return { swaps: 2, ok: ok && whole === 4, note: `${whole} of 4 answered` };
  });
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function openWebSocket(place, rate) {
  const deadline = 3;
  return underLoad(place, 'an open WebSocket', rate, async ({ deploy, url }) => {
    const connection = await place.openLongConnection(url);
    const inputs = { 'drain-deadline': `${deadline}s` };
    const deployed = await deploy({ VERSION: 'new' }, { inputs });
    const [, waited = '0'] =
      /^done drain .*1 in flight at the deadline \((\d+\.\d+) s\)$/m.exec(deployed.log) ?? [];
    const end = connection.endedAt();
    connection.close();
    const note = `kept for ${waited} s of ${deadline} s, ${end === null ? 'never ended' : 'ended then'}`;
    return { swaps: 2, note, ok: came(deployed, 'deployed') && Number(waited) >= deadline && end !== null };
  });
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function neverHealthy(place, rate) {
  return underLoad(place, 'a version that is never healthy', rate, async ({ deploy }) => {
    const inputs = { 'health-deadline': '4s' };
    const deployed = await deploy({ VERSION: 'bad', NEVER_HEALTHY: '1' }, { inputs });
    return { swaps: 1, note: deployed.outcome, ok: came(deployed, 'undone', 'never-healthy') };
  });
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function failsInTraffic(place, rate) {
  return underLoad(place, 'a version whose health fails in traffic', rate, async ({ deploy }) => {
    const inputs = { settle: '20s' };
    const deployed = await deploy({ VERSION: 'bad', SICK_AFTER_MS: '500' }, { inputs });
    return { swaps: 1, note: deployed.outcome, ok: came(deployed, 'undone', 'unhealthy-in-traffic') };
  });
}

/**
 * What such a version answered is lost by its own doing; nothing else may be.
 * @param {Place} place @param {number} rate @returns {Promise<Row>}
 */
export function answersWithErrors(place, rate) {
  return underLoad(
    place,
    'a version that answers 500 in traffic',
    rate,
    async ({ deploy }) => {
      const deployed = await deploy({ VERSION: 'bad', LIES: '1' }, { inputs: { settle: '20s' } });
      return { swaps: 1, note: deployed.outcome, ok: came(deployed, 'undone', 'errors-in-traffic') };
    },
    ({ reasons }) => Object.keys(reasons).every((reason) => reason === 'status 500'),
  );
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function engineRestarts(place, rate) {
  return underLoad(place, 'the engine is away for 2 s in the middle', rate, async ({ deploy, folder }) => {
    const engine = (process.env.DOCKER_HOST ?? '').replace('unix://', '') || '/var/run/docker.sock';
    const relay = await place.startEngineRelay({ path: `${folder}/engine.sock`, engine });
    const outcomes = [];
    for (const [VERSION, text] of [
      ['1', '\ndone healthy'],
      ['2', '\ndone admit'],
      ['3', '\ndone drain'],
    ]) {
      let back = Promise.resolve();
      const at = {
        [text ?? '']: () => {
          back = relay.restart(2000);
        },
      };
      const { outcome, instances } = await deploy(
        { VERSION: VERSION ?? '' },
        { inputs: { engine: relay.path }, at },
      );
      await back;
      outcomes.push(instances === 2 ? outcome : `${outcome} with ${instances}`);
    }
    await relay.close();
    const ok = outcomes.every((outcome) => outcome === 'deployed' || outcome === 'undone');
    return { swaps: 6, note: outcomes.join(', '), ok };
  });
}

/** @param {Place} place @param {number} rate @returns {Promise<Row>} */
export function proxyReloads(place, rate) {
  return underLoad(place, 'the proxy is reloaded, also in the middle', rate, async (host) => {
    const inTheMiddle = [];
    await host.reload();
    const at = { '\ndone settle': () => inTheMiddle.push(host.reload()) };
    const ok = came(await host.deploy({ VERSION: 'new' }, { at }), 'deployed');
    await Promise.all(inTheMiddle);
    await host.reload();
    return { swaps: 2, note: `${inTheMiddle.length + 2} reloads`, ok: ok && inTheMiddle.length === 1 };
  });
}
