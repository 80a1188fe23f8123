// Tools that are one command: found on PATH by what they answer, else unpacked into the cache.
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { cache } from '../workspace/paths.mjs';
import { isAtLeast, parseVersion } from '../workspace/version.mjs';
import { SetupError, script, step } from './get.mjs';
import { askCommand, askingVariables, usesMachineTools } from './machine.mjs';

/** @typedef {import('./tools.mjs').Found} Found */
/**
 * @typedef {object} Command
 * @property {readonly string[]} names any of them will do
 * @property {readonly string[]} args that make it tell its version
 * @property {string} minimum
 * @property {string} [folder] of the cache, with bin/ in it
 * @property {string} [program] its place in its Debian package, where that is none of the usual ones
 */

/** @param {Command} command @returns {Promise<Found | null>} */
export async function findCommand(command) {
  const onMachine = command.folder === undefined || usesMachineTools();
  for (const name of onMachine ? command.names : []) {
    const answer = await askCommand(name, command.args);
    const version = answer && parseVersion(answer.output);
    if (answer && version && isAtLeast(version, command.minimum)) {
      return { version, from: answer.file, path: [dirname(answer.file)] };
    }
  }
  return command.folder ? findUnpacked(command, join(cache, command.folder, 'bin')) : null;
}

/** @param {Command} command @param {string} bin @returns {Promise<Found | null>} */
async function findUnpacked(command, bin) {
  for (const name of command.names) {
    const version = await findProgram(join(bin, name), command.args, command.minimum);
    if (version !== null) return { version, from: 'the cache', path: [bin] };
  }
  return null;
}

/**
 * The version that a program tells, null when it is not there, does not answer, or is too old.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} minimum
 * @returns {Promise<string | null>}
 */
export async function findProgram(file, args, minimum) {
  if (!existsSync(file)) return null;
  const answer = await runChild(file, args, { deadlineMs: 10_000, env: askingVariables() });
  const version = answer.code === 0 ? parseVersion(answer.output) : null;
  return version && isAtLeast(version, minimum) ? version : null;
}

/**
 * Unpacks Debian packages with what they need beyond this machine.
 * @param {Command} command
 * @param {...string} packages the first one has a command of the last of the names, or the program that is given
 * @returns {Promise<Found>}
 */
export async function getFromDebian(command, ...packages) {
  const folder = join(cache, command.folder ?? packages[0] ?? '');
  const program = command.program ?? command.names.at(-1) ?? '';
  await script('debian.sh', ['unpack', folder, ...packages, '--', program]);
  return must(command, await findUnpacked(command, join(folder, 'bin')));
}

/**
 * Installs a command from the Python package index into a folder of its own.
 * @param {Command} command
 * @param {string} requirement such as `zizmor==1.32.0`
 * @returns {Promise<Found>}
 */
export async function getFromPython(command, requirement) {
  const folder = join(cache, command.folder ?? 'python');
  rmSync(folder, { recursive: true, force: true });
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--target',
    folder,
    requirement,
  ];
  await step(`Installing ${requirement}`, 'python3', args);
  return must(command, await findUnpacked(command, join(folder, 'bin')));
}

/** For what is asked for answers, not for speed: not optimized, BuildKit is built in 69 s instead of 87. */
export const quickBuild = ['-gcflags=all=-N -l'];

/**
 * Builds a command from its Go module.
 * @param {Command} command
 * @param {string} module with version, such as `example.org/cmd/tool@v1.2.3`
 * @param {{ deadlineMs?: number, flags?: readonly string[] }} [options]
 * @returns {Promise<Found>}
 */
export async function getFromGo(command, module, { flags = [], ...limits } = {}) {
  const bin = join(cache, command.folder ?? 'go', 'bin');
  await step(`Building ${module}`, 'go', ['install', ...flags, module], {
    cwd: '/',
    env: { ...process.env, GOBIN: bin },
    ...limits,
  });
  return must(command, await findUnpacked(command, bin));
}

/** @param {Command} command @param {Found | null} found @returns {Found} */
function must(command, found) {
  if (!found)
    throw new SetupError(
      `${command.names.join(' or ')} was unpacked but does not answer ${command.args.join(' ')}.`,
    );
  return found;
}
