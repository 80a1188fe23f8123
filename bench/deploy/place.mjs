// What the bench deploys to: the host of the action's own tests (a real engine, HAProxy behind the generated section, load
// from keep-alive clients), and the action out of its sources, started as a runner does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/workspace/paths.mjs';
import { bundleSources } from '../source-bundle.mjs';

const tests = join(root, 'packages/rolling-deploy/test');
const application = 'headgate-bench-deploy';

/** @typedef {Awaited<ReturnType<typeof prepare>>} Place */
/**
 * @typedef {object} Deployed
 * @property {string} outcome
 * @property {number} instances in traffic at the end
 * @property {string} log
 * @property {number} ms from the start of the process to its end
 * @property {number} memoryMb the process's peak
 */

/** @param {string} folder @param {string} name */
const load = (folder, name) => import(pathToFileURL(join(folder, name)).href);

/** Puts `env` into this process too: the tests' host asks Docker with it. @param {Record<string, string | undefined>} env */
export async function prepare(env) {
  Object.assign(process.env, env);
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-deploy-'));
  const parts = join(folder, 'parts');
  await bundleSources(folder, {
    action: join(root, 'packages/rolling-deploy/src/index.ts'),
    runner: join(root, 'packages/kit/src/testing/action.ts'),
  });
  // These look for their fixtures beside themselves.
  const sources = ['host', 'load', 'web-socket', 'engine-relay'].map((name) => [
    name,
    join(tests, `${name}.ts`),
  ]);
  await bundleSources(parts, Object.fromEntries(sources), {
    'import.meta.url': JSON.stringify(pathToFileURL(join(tests, 'host.ts')).href),
  });
  const memory = join(folder, 'memory.mjs');
  writeFileSync(
    memory,
    "import { writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));\n",
  );
  const [host, customers] = [await load(parts, 'host.mjs'), await load(parts, 'load.mjs')];
  return {
    folder,
    memory,
    host,
    customers,
    openLongConnection: (await load(parts, 'web-socket.mjs')).openLongConnection,
    startEngineRelay: (await load(parts, 'engine-relay.mjs')).startEngineRelay,
    startBundle: (await load(folder, 'runner.mjs')).startBundle,
    images: ['deploy-one', 'deploy-two'].map((name) => host.buildImage(name)),
    close: () => {
      customers.killLoads();
      try {
        host.docker('network', 'rm', `${application}_default`);
      } catch {
        // It was never made.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A host of its own, with `instances` of the first version serving. @param {Place} place */
export async function openHost(place, { instances = 2, slots = 8 } = {}) {
  const host = await place.host.startHost(application, slots);
  let build = 0;
  /**
   * Deploys the other image with this environment.
   * @param {Record<string, string>} environment
   * @param {{ inputs?: Record<string, string>, at?: Record<string, () => void>, cancelled?: AbortSignal }} [options]
   *   `at`: what to do when the log first has that text
   * @returns {Promise<Deployed>}
   */
  const deploy = async (environment, { inputs = {}, at = {}, cancelled } = {}) => {
    host.writeCompose(environment);
    build += 1;
    const memoryFile = join(place.folder, 'memory');
    const began = performance.now();
    const action = place.startBundle({
      main: join(place.folder, 'action.mjs'),
      workspace: join(host.folder, 'workspace'),
      timeoutMs: 300_000,
      env: {
        DOCKER_HOST: process.env.DOCKER_HOST ?? '',
        NODE_OPTIONS: `--import=${pathToFileURL(place.memory).href}`,
        MEMORY_FILE: memoryFile,
      },
      inputs: {
        environment: 'bench',
        target: 'host-1',
        application,
        service: 'web',
        port: '3000',
        instances: String(instances),
        image: place.images[build % 2]?.reference ?? '',
        'proxy-socket': host.proxySocket,
        'lock-directory': join(host.folder, 'locks'),
        'health-interval': '100ms',
        'health-deadline': '60s',
        settle: '500ms',
        'drain-deadline': '10s',
        'stop-grace': '2s',
        ...inputs,
      },
    });
    for (const [text, work] of Object.entries(at)) action.waitFor(text).then(work, () => undefined);
    cancelled?.addEventListener('abort', () => action.kill('SIGINT'));
    const finished = await action.finished;
    const ms = performance.now() - began;
    action.remove();
    return {
      outcome: finished.outputs.get('outcome') ?? '',
      instances: Number(finished.outputs.get('instances') ?? '0'),
      log: finished.stdout,
      ms,
      memoryMb: Number(readFileSync(memoryFile, 'utf8')) / 1024,
    };
  };
  await deploy({ VERSION: 'first' });
  return { ...host, deploy };
}
