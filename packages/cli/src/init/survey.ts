// Everything that `headgate init` sees in a repository, before anybody is asked.
import { basename } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import { type BranchNames, type ChosenBranches, chooseBranches } from './branch-names.js';
import { type ComposeFile, readCompose } from './compose.js';
import { type FoundImage, findImages, type PlacedService } from './find-images.js';
import { type FoundPacker, findPacker } from './find-packer.js';
import { type FoundTerraform, findTerraform } from './find-terraform.js';
import { type GitFacts, readGitFacts } from './git-facts.js';
import { baseOf, folderOf, isPath, joinPath, nameFrom } from './names.js';
import { listRepositoryFiles, type RepositoryFiles } from './repository-files.js';

/** A service that runs an image built here. */
export interface FoundService extends PlacedService {
  readonly runs: FoundImage;
  readonly nameVariables: readonly string[];
}

export interface Survey {
  readonly application: string;
  readonly git: GitFacts;
  readonly branches: ChosenBranches;
  readonly images: readonly FoundImage[];
  readonly services: readonly FoundService[];
  /** Services whose image comes from elsewhere. */
  readonly others: readonly PlacedService[];
  /** Compose files that could not be read. */
  readonly unreadable: readonly string[];
  readonly terraform: readonly FoundTerraform[];
  readonly packer: readonly FoundPacker[];
  /** Logins in CODEOWNERS. */
  readonly owners: readonly string[];
}

export interface SurveyOptions {
  readonly directory: string;
  readonly run: RunCommand;
  readonly given: Partial<Pick<BranchNames, 'production' | 'development'>>;
}

const composeName = /^(?:docker-)?compose\.ya?ml$/;
const elsewhere = /(?:^|\/)(?:tests?|examples?|samples?|stories|fixtures|docs?|\.[^/]+)\//i;

export async function surveyRepository({ directory, run, given }: SurveyOptions): Promise<Survey> {
  const git = await readGitFacts(directory, run);
  return surveyFiles(await listRepositoryFiles(directory, run), { git, folder: basename(directory), given });
}

export interface Surroundings extends Pick<SurveyOptions, 'given'> {
  readonly git: GitFacts;
  /** Name of the folder. */
  readonly folder: string;
}

export async function surveyFiles(
  all: RepositoryFiles,
  { git, folder, given }: Surroundings,
): Promise<Survey> {
  // What headgate.yml could not name is passed over.
  const files = { ...all, paths: all.paths.filter(isPath) };
  const application = await applicationName(files, git, folder);
  const { composed, unreadable } = await readComposeFiles(files);
  const placed = composed.flatMap(({ path, file }) =>
    file.services.map((service) => ({ ...service, compose: path })),
  );
  const images = await findImages({ files, services: placed, application });
  const services = placed.flatMap((service): FoundService[] => {
    const runs = imageOf(service, images);
    const nameVariables = composed.find(({ path }) => path === service.compose)?.file.nameVariables ?? [];
    return runs === null ? [] : [{ ...service, runs, nameVariables }];
  });
  return {
    application,
    git,
    branches: chooseBranches({ branches: git.branches, defaultBranch: git.defaultBranch, given }),
    images,
    services,
    others: placed.filter((service) => imageOf(service, images) === null),
    unreadable,
    terraform: await findTerraform(files),
    packer: await findPacker(files),
    owners: await codeOwners(files),
  };
}

/** The repository's name on GitHub, else the package's, else the folder's. */
async function applicationName(files: RepositoryFiles, git: GitFacts, folder: string): Promise<string> {
  const own = git.remote?.name ?? (await packageName(files)) ?? folder;
  return nameFrom(own, 'application');
}

async function packageName(files: RepositoryFiles): Promise<string | null> {
  try {
    const { name } = JSON.parse((await files.read('package.json')) ?? '') as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name.replace(/^@[^/]*\//, '') : null;
  } catch {
    return null;
  }
}

interface Composed {
  readonly composed: readonly { readonly path: string; readonly file: ComposeFile }[];
  readonly unreadable: readonly string[];
}

/** The one in the root describes the application; without it, those of its parts do. */
async function readComposeFiles(files: RepositoryFiles): Promise<Composed> {
  const all = files.paths.filter((path) => composeName.test(baseOf(path)) && !elsewhere.test(path));
  const root = all.filter((path) => folderOf(path) === '.').slice(0, 1);
  const paths = root.length > 0 ? root : all;
  const read = await Promise.all(
    paths.map(async (path) => ({ path, file: readCompose((await files.read(path)) ?? '') })),
  );
  return {
    composed: read.flatMap(({ path, file }) => (file === null ? [] : [{ path, file }])),
    unreadable: read.filter(({ file }) => file === null).map(({ path }) => path),
  };
}

/** The image that a service is built from here, or that its image is named after. */
function imageOf({ build, image, compose }: PlacedService, images: readonly FoundImage[]): FoundImage | null {
  if (build !== null) {
    const context = joinPath(folderOf(compose), build.context);
    const path = context === null ? null : joinPath(context, build.dockerfile);
    return images.find((each) => each.path === path) ?? null;
  }
  const name = image === null ? null : baseOf(image.replace(/@.*$/, '')).replace(/:[^:]*$/, '');
  return images.find((each) => each.name === name) ?? null;
}

const ownerFiles = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** People, not teams and not mail addresses. */
async function codeOwners(files: RepositoryFiles): Promise<readonly string[]> {
  for (const path of ownerFiles) {
    const text = await files.read(path);
    if (text === null) continue;
    const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, ''));
    const words = lines.flatMap((line) => line.trim().split(/\s+/).slice(1));
    return readLogins(words.filter((word) => word.startsWith('@')).map((word) => word.slice(1)));
  }
  return [];
}

/** Those that can be logins, each once. */
export function readLogins(words: readonly string[]): readonly string[] {
  const logins = words.filter((word) => /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/.test(word));
  return logins.filter(
    (login, index) => logins.findIndex((each) => each.toLowerCase() === login.toLowerCase()) === index,
  );
}
