// The workspace's own dependencies, as the lockfile fixes them, and the Node 24 binary among them.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { fingerprint } from '../workspace/fingerprint.mjs';
import { cache, findNode24, root } from '../workspace/paths.mjs';
import { parseVersion } from '../workspace/version.mjs';
import { SetupError, step } from './get.mjs';
import { askCommand, searchPath, usesMachineTools } from './machine.mjs';

/** @typedef {import('./tools.mjs').Found} Found */

const stamp = join(root, 'node_modules', '.headgate-lock');
const folder = join(cache, 'pnpm');

const digestLock = () =>
  fingerprint(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'patches']);

/** Every package has its own links, which somebody may have deleted alone. */
const linksArePresent = () =>
  readdirSync(join(root, 'packages')).every(
    (name) =>
      !existsSync(join(root, 'packages', name, 'package.json')) ||
      existsSync(join(root, 'packages', name, 'node_modules')),
  );

/** Installed for exactly this lockfile? @returns {Promise<Found | null>} */
export async function findPackages() {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digestLock()) return null;
  const node = findNode24();
  if (!node || !linksArePresent()) return null;
  return { version: 'as locked', from: 'node_modules', variables: { HEADGATE_NODE24: node } };
}

/** Installs what the lockfile says, with pnpm 10. @returns {Promise<Found>} */
export async function getPackages() {
  const pnpm = await obtainPnpm();
  const args = [
    'install',
    '--frozen-lockfile',
    '--config.confirmModulesPurge=false',
    '--reporter=append-only',
  ];
  await step('pnpm install', pnpm[0] ?? 'pnpm', [...pnpm.slice(1), ...args], {
    env: { ...process.env, CI: 'true' },
  });
  const node = findNode24();
  if (!node)
    throw new SetupError(
      `There is no Node 24 for ${process.platform} ${process.arch}: run with a Node 24 of your own.`,
    );
  // Last, so that an interrupted installation is taken up again.
  writeFileSync(stamp, digestLock());
  return { version: 'as locked', from: 'pnpm 10', variables: { HEADGATE_NODE24: node } };
}

/** The command and first arguments that run pnpm 10. @returns {Promise<string[]>} */
async function obtainPnpm() {
  const own = usesMachineTools() ? await askCommand('pnpm', ['--version']) : null;
  if (own && parseVersion(own.output)?.startsWith('10.')) return [own.file];
  const entry = join(folder, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  const present = existsSync(entry) && (await runChild(process.execPath, [entry, '--version'])).code === 0;
  if (!present) {
    rmSync(folder, { recursive: true, force: true });
    const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, 'pnpm@10'];
    await step('Getting pnpm', searchPath('npm') ?? 'npm', args);
  }
  return [process.execPath, entry];
}
