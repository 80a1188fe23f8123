// How long after the engine shows what is wrong the cause stands in the log: one broken version of each class, deployed as
// a runner does it, on a real engine behind a real HAProxy. From the engine's own time of its event, or from the registry's
// refusal, or where neither tells from the step before, to the line with the class's code.
//   npm run bench:diagnosis [-- --rounds N]   exit 1 when a class is not named, or named later than the limit (p95),
//   or when an undo begins more than a second after the verdict
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { withReadyMachine } from '../scripts/setup/session.mjs';
import { root } from '../scripts/workspace/paths.mjs';
import { brokenVersions, failingCheck, goodVersion } from './diagnosis/classes.mjs';
import { listen, startProxy, startRegistry } from './diagnosis/host.mjs';
import { bundleSources } from './source-bundle.mjs';

const limitMs = 3000;
const undoLimitMs = 1000;
const application = 'headgate-bench-diagnosis';
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });

/** @typedef {import('./diagnosis/classes.mjs').Broken} Broken */
/** @typedef {Awaited<ReturnType<typeof prepare>>} Place */

const programs = {
  action: join(root, 'packages/rolling-deploy/src/index.ts'),
  runner: join(root, 'packages/kit/src/testing/action.ts'),
  section: join(root, 'packages/kit/src/haproxy-section.ts'),
};

/** @param {Record<string, string | undefined>} env */
async function prepare(env) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-diagnosis-'));
  mkdirSync(join(folder, 'workspace'));
  writeFileSync(join(folder, 'not-a-program'), 'neither a program nor a script\n', { mode: 0o755 });
  await bundleSources(folder, programs);
  const { startBundle } = await import(pathToFileURL(join(folder, 'runner.mjs')).href);
  /** @param {string[]} args */
  const docker = (...args) => execFileSync('docker', args, { env, encoding: 'utf8' }).trim();
  const reference = docker('image', 'inspect', 'local/node:24-slim', '--format', '{{index .RepoDigests 0}}');
  const { proxySection } = await import(pathToFileURL(join(folder, 'section.mjs')).href);
  const [proxy, registry] = [await startProxy(folder, env, proxySection), await startRegistry()];
  return { folder, env, startBundle, docker, reference, proxy, registry, ear: listen(application, env) };
}

/** @param {Place} place */
function cleanUp({ folder, docker, proxy, registry, ear }) {
  for (const part of [proxy, registry, ear]) part.stop();
  const ids = docker('ps', '-aq', '--filter', `label=io.headgate.application=${application}`);
  if (ids !== '') docker('rm', '-f', ...ids.split('\n'));
  try {
    docker('network', 'rm', `${application}_default`);
  } catch {
    // It was never made.
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A step that deploys what the compose file says. @param {Place} place @param {Record<string, string>} inputs */
function start({ folder, env, startBundle, proxy, reference }, inputs) {
  return startBundle({
    main: join(folder, 'action.mjs'),
    workspace: join(folder, 'workspace'),
    env: { DOCKER_HOST: env.DOCKER_HOST ?? '' },
    inputs: {
      environment: 'bench',
      target: 'host-1',
      application,
      service: 'web',
      port: '3000',
      image: reference,
      'proxy-socket': proxy.socket,
      'lock-directory': join(folder, 'locks'),
      ...inputs,
    },
  });
}

/**
 * Milliseconds from the verdict on a version beside one that serves to the beginning of the undo, by the times of the log;
 * null when it was not undone.
 * @param {Place} place
 */
async function measureUndo(place) {
  /** @param {Record<string, unknown>} service */
  const write = (service) => {
    const text = JSON.stringify({ services: { web: { image: 'app', ...service } } });
    writeFileSync(join(place.folder, 'workspace', 'compose.yaml'), text);
  };
  write(goodVersion);
  const good = start(place, { settle: '1s' });
  await good.finished;
  good.remove();
  write({ ...goodVersion, healthcheck: failingCheck });
  const bad = start(place, { settle: '1s' });
  /** @param {string} text @returns {Promise<number | null>} */
  const seen = (text) =>
    bad.waitFor(text).then(
      () => Date.now(),
      () => null,
    );
  const [judged, undone] = await Promise.all([seen('failed healthy'), seen('done undo')]);
  const { stdout } = await bad.finished;
  bad.remove();
  const [, took] = /^done undo.*\((\d+\.\d+) s\)$/m.exec(stdout) ?? [];
  if (judged === null || undone === null) return null;
  return Math.max(0, undone - Number(took ?? 'NaN') * 1000 - judged);
}

/** Milliseconds until the cause stood in the log; null when it never did. @param {Broken} broken @param {Place} place */
async function measure(broken, place) {
  const { folder, registry, ear } = place;
  const service = { image: 'app', environment: { ROUND: String(Date.now()) }, ...broken.service };
  writeFileSync(join(folder, 'workspace', 'compose.yaml'), JSON.stringify({ services: { web: service } }));
  Object.assign(registry.state, { status: broken.refusal ?? 404, refusedAt: 0 });
  const unknown = `${registry.host}/shop@sha256:${'1'.repeat(64)}`;
  const heard = ear.told.length;
  const began = Date.now();
  const image = broken.refusal === undefined ? place.reference : unknown;
  const action = start(place, { image, ...broken.inputs });
  /** @param {string} text @returns {Promise<number | null>} */
  const seen = (text) =>
    action.waitFor(text).then(
      () => Date.now(),
      () => null,
    );
  const line = broken.since?.line ?? '';
  const [named, before] = await Promise.all([seen(broken.code), line === '' ? began : seen(line)]);
  const { stdout } = await action.finished;
  action.remove();
  if (named === null) process.stderr.write(`${broken.name}: ${stdout.slice(-1500)}\n`);
  const { event } = broken;
  const events = ear.told.slice(heard).filter(({ action: what }) => what === event?.action);
  const shown = event === undefined ? before : (events[event.nth - 1]?.at ?? null);
  const from = broken.refusal === undefined ? shown : registry.state.refusedAt;
  return named === null || from === null ? null : named - from - (broken.since?.afterMs ?? 0);
}

/** The smallest value that 95 of 100 do not exceed. @param {readonly number[]} times */
const p95 = (times) => [...times].sort((one, other) => one - other)[Math.ceil(times.length * 0.95) - 1] ?? 0;

const failed = await withReadyMachine(async ({ childEnv }) => {
  const place = await prepare(childEnv);
  /** @type {string[]} */
  const missed = [];
  try {
    for (const broken of brokenVersions(place.folder)) {
      /** @type {(number | null)[]} */
      const times = [];
      for (let round = 0; round < Number(values.rounds); round += 1) times.push(await measure(broken, place));
      const known = times.filter((time) => time !== null);
      const late = known.length < times.length || p95(known) > limitMs;
      if (late) missed.push(broken.name);
      const shown = times.map((time) => (time === null ? 'not named' : `${Math.round(time)}`)).join(', ');
      process.stdout.write(
        `${late ? 'MISSED' : 'ok    '} ${broken.name.padEnd(28)} ${broken.code.padEnd(20)} ${shown} ms\n`,
      );
    }
    const undo = await measureUndo(place);
    const isLate = undo === null || undo > undoLimitMs;
    if (isLate) missed.push('undo');
    process.stdout.write(
      `${isLate ? 'MISSED' : 'ok    '} from the verdict to the undo: ${undo ?? 'no undo'} ms\n`,
    );
  } finally {
    cleanUp(place);
  }
  return missed;
});
process.stdout.write(
  failed.length === 0
    ? `all within ${limitMs} ms, the undo within ${undoLimitMs} ms\n`
    : `missed: ${failed.join(', ')}\n`,
);
process.exit(failed.length === 0 ? 0 : 1);
