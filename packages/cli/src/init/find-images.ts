// The Dockerfiles of a repository as images of headgate.yml: name, context, stages.
import type { ComposeService } from './compose.js';
import { type Dockerfile, readDockerfile } from './dockerfile.js';
import { baseOf, folderOf, isPath, joinPath, nameFrom, seenFrom, serviceName, uniqueName } from './names.js';
import type { RepositoryFiles } from './repository-files.js';
import { chooseStages, type StageChoice } from './stage-choice.js';

export interface FoundImage extends StageChoice {
  readonly name: string;
  /** Path of the Dockerfile. */
  readonly path: string;
  readonly context: string;
  /** The Dockerfile, seen from the context. */
  readonly file: string;
  readonly dockerfile: Dockerfile;
}

/** A service of a compose file, and where that file lies. */
export interface PlacedService extends ComposeService {
  readonly compose: string;
}

const dockerfileName =
  /^(?:Dockerfile|Containerfile)(?:\.[A-Za-z0-9_-]+)?$|^[A-Za-z0-9_-]+\.(?:Dockerfile|Containerfile)$/;
/** Of tests, samples and editors: built for other ends than a delivery. */
const elsewhere = /(?:^|\/)(?:tests?|examples?|samples?|stories|fixtures|docs?|\.[^/]+)\//i;

export interface ImageQuestion {
  readonly files: RepositoryFiles;
  readonly services: readonly PlacedService[];
  readonly application: string;
}

export async function findImages({
  files,
  services,
  application,
}: ImageQuestion): Promise<readonly FoundImage[]> {
  const paths = files.paths.filter(
    (path) =>
      dockerfileName.test(baseOf(path)) && !/\.dockerignore$|\.md$/.test(path) && !elsewhere.test(path),
  );
  const taken = new Set<string>();
  const found: FoundImage[] = [];
  for (const path of paths) {
    const text = await files.read(path);
    const dockerfile = text === null ? null : readDockerfile(text);
    if (dockerfile === null || dockerfile.stages.length === 0) continue;
    const builds = services.filter(
      ({ build, compose }) => build !== null && builtFile(build, compose) === path,
    );
    const place = placeOf(path, { builds, dockerfile, files });
    if (place === null) continue;
    const name = paths.length === 1 || path === 'Dockerfile' ? application : ownName(path, builds);
    found.push({
      name: uniqueName(nameFrom(name, application), taken),
      path,
      ...place,
      dockerfile,
      ...chooseStages(dockerfile, builds),
    });
  }
  return found;
}

/** The path of the Dockerfile that a service is built from; null where it lies outside. */
function builtFile(build: NonNullable<ComposeService['build']>, compose: string): string | null {
  const context = joinPath(folderOf(compose), build.context);
  return context === null ? null : joinPath(context, build.dockerfile);
}

interface Surroundings {
  readonly builds: readonly PlacedService[];
  readonly dockerfile: Dockerfile;
  readonly files: RepositoryFiles;
}

/** Where the compose file says, else the nearest folder in which everything lies that the Dockerfile copies. */
function placeOf(
  path: string,
  { builds, dockerfile, files }: Surroundings,
): Pick<FoundImage, 'context' | 'file'> | null {
  const given = builds.map(({ build, compose }) => joinPath(folderOf(compose), build?.context ?? '.'));
  const own = folderOf(path);
  const lies = (folder: string): boolean =>
    dockerfile.sources.every((source) => {
      const wanted = joinPath(folder, source.replace(/^\/+/, '') || '.');
      return wanted !== null && exists(files, wanted);
    });
  const candidates = [
    ...given.filter((folder) => folder !== null),
    ...(lies(own) || !lies('.') ? [own] : []),
    '.',
  ];
  for (const context of candidates) {
    const file = seenFrom(context, path);
    if (file !== null && isPath(context) && isPath(file)) return { context, file };
  }
  return null;
}

function exists(files: RepositoryFiles, path: string): boolean {
  return path === '.' || files.paths.some((file) => file === path || file.startsWith(`${path}/`));
}

/** `worker` for Dockerfile.worker, worker.Dockerfile, and worker/Dockerfile. */
function ownName(path: string, builds: readonly PlacedService[]): string {
  const [first] = builds;
  if (builds.length === 1 && first !== undefined) return serviceName(first);
  const base = baseOf(path);
  const part =
    /^(?:Dockerfile|Containerfile)\.(.+)$/.exec(base)?.[1] ??
    /^(.+)\.(?:Dockerfile|Containerfile)$/.exec(base)?.[1];
  const folders = folderOf(path)
    .split('/')
    .filter((folder) => !/^(?:docker|build|deploy|\.)$/i.test(folder));
  return part ?? folders.at(-1) ?? '';
}
