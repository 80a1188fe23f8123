// Independent judges of what is built and published: a registry client, and newer builders than the engine's own.
import { join } from 'node:path';
import { cache, root } from '../workspace/paths.mjs';
import { SetupError, step } from './get.mjs';
import { usesMachineTools } from './machine.mjs';
import { findCommand, findProgram, getFromGo, quickBuild } from './services.mjs';

/** @typedef {import('./tools.mjs').Found} Found */
/** @typedef {import('./tools.mjs').Context} Context */
/**
 * @typedef {object} Program
 * @property {string} name of the file, in bin/ of its folder
 * @property {string} variable that names it; it never comes on PATH, where it would take the place of the engine's own
 * @property {string} main the package to build
 */
/**
 * @typedef {object} Module a Go module of ours below scripts/setup/go, which fixes every part of what is built
 * @property {string} folder there and in the cache
 * @property {string} version of what is built
 * @property {string} stamp the variable of the program that holds its version
 * @property {readonly Program[]} programs
 */

/** Low priority on two busy cores: minutes are well spent, ten times as many are not. */
const deadlineMs = 1_800_000;
const crane = { names: ['crane'], args: ['version'], minimum: '0.20', folder: 'crane' };
const craneModule = 'github.com/google/go-containerregistry/cmd/crane@v0.22.1';

/** @type {Module} */
const buildx = {
  folder: 'buildx',
  version: '0.29.1',
  stamp: 'github.com/docker/buildx/version.Version',
  programs: [
    { name: 'docker-buildx', variable: 'HEADGATE_BUILDX', main: 'github.com/docker/buildx/cmd/buildx' },
  ],
};
/** @type {Module} */
const buildkit = {
  folder: 'buildkit',
  version: '0.25.2',
  stamp: 'github.com/moby/buildkit/version.Version',
  programs: [
    {
      name: 'buildkitd',
      variable: 'HEADGATE_BUILDKITD',
      main: 'github.com/moby/buildkit/cmd/buildkitd',
    },
    { name: 'buildctl', variable: 'HEADGATE_BUILDCTL', main: 'github.com/moby/buildkit/cmd/buildctl' },
  ],
};

/** The programs that the variables name, else those set-up built. @param {Module} module @returns {Promise<Found | null>} */
async function findModule(module) {
  const named = usesMachineTools()
    ? await ask(module, (program) => process.env[program.variable] ?? '')
    : null;
  if (named) return { ...named, from: 'this machine' };
  const built = await ask(module, (program) => join(cache, module.folder, 'bin', program.name));
  return built && { ...built, from: 'the cache' };
}

/** @param {Module} module @param {(program: Program) => string} fileOf @returns {Promise<Omit<Found, 'from'> | null>} */
async function ask(module, fileOf) {
  /** @type {Record<string, string>} */
  const variables = {};
  let version = '';
  for (const program of module.programs) {
    const file = fileOf(program);
    const args = program.name === 'docker-buildx' ? ['version'] : ['--version'];
    const answered = await findProgram(file, args, module.version);
    if (answered === null) return null;
    version = answered;
    variables[program.variable] = file;
  }
  return { version, variables };
}

/** @param {Module} module @returns {Promise<Found>} */
async function buildModule(module) {
  for (const { name, main } of module.programs) {
    const output = join(cache, module.folder, 'bin', name);
    const flags = [
      ...quickBuild,
      '-trimpath',
      '-ldflags',
      `-s -w -X ${module.stamp}=v${module.version}`,
      '-o',
      output,
    ];
    await step(`Building ${main} ${module.version}`, 'nice', ['-n', '19', 'go', 'build', ...flags, main], {
      cwd: join(root, 'scripts', 'setup', 'go', module.folder),
      deadlineMs,
    });
  }
  const found = await findModule(module);
  if (!found) throw new SetupError(`${module.folder} was built but does not answer.`);
  return found;
}

/** Builds take every core: one after the other. @param {Context} context @param {string} name */
const behind = (context, name) => context.ready(name).catch(() => undefined);

/** @param {Module} module */
const byHand = ({ folder, programs }) =>
  `install Go and run set-up again, or build it (cd scripts/setup/go/${folder} && ` +
  `${programs.map(({ name, main }) => `go build -o DIR/${name} ${main}`).join(' && ')}) and set ` +
  programs.map(({ name, variable }) => `${variable}=DIR/${name}`).join(' and ');

/** @type {readonly import('./tools.mjs').Tool[]} */
export const judges = [
  {
    name: 'crane',
    wanted: '>= 0.20',
    purpose: 'reads published images as others do; without it and skopeo those tests are left out',
    needs: ['go'],
    byHand: `go install ${craneModule}`,
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: () => findCommand(crane),
    get: () => getFromGo(crane, craneModule, { deadlineMs, flags: quickBuild }),
  },
  {
    name: 'buildx',
    wanted: `>= ${buildx.version}`,
    purpose: "says what a newer buildx says of a Dockerfile; beside the engine's own, never in its place",
    needs: ['go'],
    byHand: byHand(buildx),
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: () => findModule(buildx),
    get: (context) => behind(context, 'crane').then(() => buildModule(buildx)),
  },
  {
    name: 'BuildKit',
    wanted: `>= ${buildkit.version}`,
    purpose: 'builds by the remote driver; without it those tests are left out',
    needs: ['go'],
    byHand: byHand(buildkit),
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: () => findModule(buildkit),
    get: (context) => behind(context, 'buildx').then(() => buildModule(buildkit)),
  },
];
