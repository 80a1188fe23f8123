// Docker: an engine that really answers and builds, and the Node images that builds start from.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { findNode24, root } from '../workspace/paths.mjs';
import { isAtLeast, parseVersion } from '../workspace/version.mjs';
import { engineAccess, engineFolder, useEngine } from './engine.mjs';
import { script, step } from './get.mjs';
import { means, usesMachineTools } from './machine.mjs';

/** @typedef {import('./tools.mjs').Context} Context */
/** @typedef {import('./tools.mjs').Found} Found */

const publicImage = 'node:24';
const localImage = 'local/node:24';
const imagesMade = join(engineFolder, 'images');

/**
 * The machine's own engine, if its server answers, its buildx is new enough, and a build ends in an OCI layout.
 * @param {Context} context
 * @returns {Promise<Found | null>}
 */
export async function findEngine(context) {
  const own =
    usesMachineTools() && process.env.HEADGATE_ENGINE !== 'private' ? await findOwnEngine(context) : null;
  if (own) return own;
  // Unpacked by root, it is still root's alone to run.
  if (!means.root.present() || !existsSync(join(engineFolder, 'installed'))) return null;
  const version = parseVersion(readFileSync(join(engineFolder, 'installed'), 'utf8')) ?? '';
  return { version, from: 'private, in the cache', engine: 'private', ...(await engineAccess()) };
}

/** @param {Context} context @returns {Promise<Found | null>} */
async function findOwnEngine(context) {
  const deadline = { deadlineMs: 5_000 };
  const server = await runChild('docker', ['version', '--format', '{{.Server.Version}}'], deadline);
  if (server.code !== 0) return null;
  const buildx = await runChild('docker', ['buildx', 'version'], deadline);
  const buildxVersion = parseVersion(buildx.output.replace(/^\S+\s+/, ''));
  if (buildx.code !== 0 || !buildxVersion || !isAtLeast(buildxVersion, '0.13')) return null;
  const version = server.output.trim();
  const proof = `own ${version} buildx ${buildxVersion} ${process.env.DOCKER_HOST ?? ''}`;
  if (context.former?.proof !== proof && !(await buildsIntoLayout())) return null;
  return { version, from: 'this machine', engine: 'own', proof };
}

/** A build of one file into an OCI layout, which Docker's classic image store refuses. */
async function buildsIntoLayout() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-probe-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    const output = `type=oci,tar=false,dest=${join(folder, 'layout')}`;
    const args = ['buildx', 'build', '--quiet', '--output', output, folder];
    const result = await runChild('docker', args, { deadlineMs: 60_000 });
    return result.code === 0 && existsSync(join(folder, 'layout', 'index.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unpacks a private engine. @param {Context} context @returns {Promise<Found>} */
export async function getEngine(context) {
  await script('engine.sh', ['install', engineFolder]);
  const found = await findEngine(context);
  if (!found) throw new Error('The private engine was unpacked but is not found.');
  return found;
}

/**
 * The Node images, if the engine has them. For the private engine, which may not be running, what was made in
 * its data counts; `checkImages` looks again once it runs.
 * @param {Context} context
 * @returns {Promise<Found | null>}
 */
export async function findImages(context) {
  const engine = await context.ready('Docker engine');
  if (engine.engine === 'private') {
    if (!existsSync(imagesMade)) return null;
    return describeImages(readFileSync(imagesMade, 'utf8').trim());
  }
  for (const image of [publicImage, localImage]) if (await hasImages(image, {})) return describeImages(image);
  return null;
}

/** @param {string} image @returns {Found} */
const describeImages = (image) => ({
  version: '24',
  from: image === publicImage ? 'the public registry' : 'made here',
  variables: { NODE_IMAGE: image, HEADGATE_NODE_IMAGE: `${image}-slim` },
});

/** @param {string} image @param {Record<string, string>} variables */
async function hasImages(image, variables) {
  const args = ['image', 'inspect', '--format', '{{.Id}}', image, `${image}-slim`];
  const result = await runChild('docker', args, {
    env: { ...process.env, ...variables },
    deadlineMs: 10_000,
  });
  return result.code === 0;
}

/** Pulls the images where a public registry answers, else makes them of Debian's packages. @param {Context} context @returns {Promise<Found>} */
export async function getImages(context) {
  const answers = await registryAnswers();
  const fetched = answers ? null : script('bases.sh', ['fetch', join(engineFolder, 'bases')]);
  // Looked at below; without this an early failure elsewhere would leave it unhandled.
  fetched?.catch(() => undefined);
  const engine = await context.ready('Docker engine');
  await context.ready('workspace packages');
  const use = engine.engine === 'private' ? await useEngine() : null;
  const env = { ...process.env, ...engine.variables, PATH: context.pathWith(engine.path ?? []) };
  try {
    const image = answers && (await pullImages(env)) ? publicImage : localImage;
    if (image === localImage) {
      await fetched;
      const args = ['make', join(engineFolder, 'bases'), findNode24() ?? process.execPath];
      await step('Making the Node images', join(root, 'scripts', 'bases.sh'), args, { env });
    }
    if (engine.engine === 'private') writeFileSync(imagesMade, image);
    return describeImages(image);
  } finally {
    await use?.release();
  }
}

/** @param {Record<string, string | undefined>} env */
async function pullImages(env) {
  for (const image of [publicImage, `${publicImage}-slim`]) {
    const result = await runChild('docker', ['pull', '--quiet', image], { env, deadlineMs: 180_000 });
    if (result.code !== 0) return false;
  }
  return true;
}

async function registryAnswers() {
  try {
    await fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(3_000) });
    return true;
  } catch {
    return false;
  }
}

/**
 * With the engine running: makes the images again if its data lost them.
 * @param {import('./environment.mjs').Environment} environment
 */
export async function checkImages(environment) {
  const { NODE_IMAGE: image = localImage, ...variables } = environment.variables;
  const path = [...environment.path, process.env.PATH ?? ''].join(delimiter);
  if (await hasImages(image, { ...variables, PATH: path })) return;
  rmSync(imagesMade, { force: true });
  const tools = environment.tools;
  await getImages({
    former: null,
    pathWith: (folders) => [...folders, path].join(delimiter),
    ready: (name) => Promise.resolve(/** @type {Found} */ (tools[name])),
  });
}
