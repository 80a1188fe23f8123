// Finds the code of an action: provided here, in a repository of the host, in a folder of third-party actions.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { problem } from '../engine/problem.js';
import { resolveUsed } from '../engine/used-reference.js';
import type { FileOrigin } from '../engine/workflow-model.js';
import type { GitHubHost } from '../model.js';
import { type EditedFolders, layOver } from './edits.js';
import { isProvided } from './provided/registry.js';
import type { ActionIdentity } from './session.js';

const execute = promisify(execFile);

export type ActionSource =
  | { readonly kind: 'provided'; readonly name: string }
  | { readonly kind: 'folder'; readonly identity: ActionIdentity; readonly origin: FileOrigin }
  /** `./path`: known only when the step runs, after a checkout. */
  | { readonly kind: 'workspace'; readonly path: string };

export interface SourceOptions {
  readonly host: GitHubHost;
  readonly actions: string;
  readonly actionsDirectory: string | null;
  readonly laidOver: EditedFolders | undefined;
  /** The file that contains the `uses:`. */
  readonly origin: FileOrigin;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The whole tree of a commit as a folder; made once per commit, by rename, so that parallel jobs agree. */
async function materialise(options: SourceOptions, repository: string, sha: string): Promise<string> {
  const folder = join(options.actions, ...repository.split('/'), sha);
  if (await exists(folder)) return folder;
  const fresh = `${folder}.${randomUUID()}`;
  await mkdir(fresh, { recursive: true });
  const archive = `${fresh}.tar`;
  const git = [
    '--git-dir',
    options.host.gitDirectory(repository),
    'archive',
    '--format=tar',
    '-o',
    archive,
    sha,
  ];
  await execute('git', git, { timeout: 120_000 });
  await execute('tar', ['-xf', archive, '-C', fresh], { timeout: 120_000 });
  await rm(archive);
  if (options.laidOver !== undefined) await layOver(fresh, repository, options.laidOver);
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return folder;
}

function hostHas(host: GitHubHost, repository: string): boolean {
  try {
    host.repository(repository);
    return true;
  } catch {
    return false;
  }
}

interface RemoteAction {
  readonly repository: string;
  readonly path: string;
  readonly ref: string;
}

function parseRemote(uses: string): RemoteAction {
  const at = uses.lastIndexOf('@');
  const [owner, name, ...path] = uses.slice(0, at === -1 ? undefined : at).split('/');
  if (at === -1 || !owner || !name) {
    throw problem(
      'workflow-invalid',
      `\`uses: ${uses}\` names no action`,
      'Write owner/repository/path@ref, ./path or $/path.',
    );
  }
  return { repository: `${owner}/${name}`, path: normalize(path.join('/') || '.'), ref: uses.slice(at + 1) };
}

async function thirdParty(remote: RemoteAction, directory: string | null): Promise<ActionSource> {
  const { repository, path, ref } = remote;
  const found: string[] = [];
  for (const folder of directory === null ? [] : [`${repository}@${ref}`, repository]) {
    const candidate = join(directory ?? '', folder);
    if (await exists(candidate)) found.push(candidate);
  }
  const folder = found[0];
  if (folder === undefined) {
    throw problem(
      'not-found',
      `the action ${repository}@${ref} is neither provided, nor in a repository of the rehearsal, nor in the folder of actions`,
      `Put its files into <DIR>/${repository} and pass --actions <DIR>.`,
    );
  }
  const identity = { path: join(folder, path), repository, ref };
  return { kind: 'folder', identity, origin: { repository, sha: ref, ref, path } };
}

/** Where the code of `uses:` is. Throws `not-found`, `unsupported-feature`, `workflow-invalid`. */
export async function findAction(uses: string, options: SourceOptions): Promise<ActionSource> {
  const { origin, host } = options;
  if (uses.startsWith('docker://')) {
    throw problem(
      'unsupported-feature',
      `\`uses: ${uses}\`: container actions are not supported`,
      'Use a JavaScript action.',
    );
  }
  if (uses.startsWith('./')) return { kind: 'workspace', path: normalize(uses) };
  if (uses.startsWith('$/')) {
    const folder = await materialise(options, origin.repository, origin.sha);
    const path = join(folder, normalize(uses.slice(2)));
    return { kind: 'folder', identity: { path, repository: origin.repository, ref: origin.ref }, origin };
  }
  const remote = parseRemote(uses);
  if (isProvided(remote.repository) && remote.path === '.')
    return { kind: 'provided', name: remote.repository };
  if (!hostHas(host, remote.repository)) return thirdParty(remote, options.actionsDirectory);
  const commit = await resolveUsed(host, remote.repository, remote.ref);
  if (commit === null)
    throw problem(
      'not-found',
      `${remote.repository} has no reference ${remote.ref}`,
      `Correct \`uses: ${uses}\`.`,
    );
  const folder = await materialise(options, remote.repository, commit.sha);
  const identity = { path: join(folder, remote.path), repository: remote.repository, ref: remote.ref };
  return { kind: 'folder', identity, origin: { ...remote, sha: commit.sha } };
}
