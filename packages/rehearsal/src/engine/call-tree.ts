// Loads a workflow and everything it calls, and checks what GitHub checks before a run starts.
import type { GitHubHost, Permissions } from '../model.js';
import { type EditedFolders, editedText } from '../runner/edits.js';
import { checkCall, originOf, type Resolve } from './call-check.js';
import { gitObjects } from './git-objects.js';
import { checkCeiling, resolvePermissions } from './permissions.js';
import { problem } from './problem.js';
import { placeOf } from './template.js';
import { resolveUsed } from './used-reference.js';
import { readWorkflowFile } from './workflow-file.js';
import type { FileOrigin, WorkflowFile } from './workflow-model.js';

/** Levels of calls and different workflows in one run. Source: GitHub changelog, 6 November 2025. */
const limits = { levels: 10, workflows: 50 };

export interface LoadedWorkflow {
  readonly file: WorkflowFile;
  /** By job id: the workflow that the job calls. */
  readonly callees: ReadonlyMap<string, LoadedWorkflow>;
  /** By job id: what the job's token may do. */
  readonly permissions: ReadonlyMap<string, Permissions>;
}

/** A workflow that the run uses, as the REST API lists it. */
export interface Reference {
  readonly path: string;
  readonly sha: string;
  readonly ref: string;
}

interface Loading {
  readonly host: GitHubHost;
  readonly edits: EditedFolders | undefined;
  readonly references: Map<string, Reference>;
  /** Parsed files by repository, commit and path; files at a commit never change. */
  readonly cache: Map<string, Promise<WorkflowFile>>;
  readonly resolve: Resolve;
}

function createResolve(host: GitHubHost): Resolve {
  const known = new Map<string, ReturnType<Resolve>>();
  return (repository, ref) => {
    const key = `${repository}@${ref}`;
    const found = known.get(key) ?? resolveUsed(host, repository, ref);
    known.set(key, found);
    return found;
  };
}

/** `caller` is the place of the call, '' for the run's own file. */
async function read(
  origin: FileOrigin,
  { host, cache, edits }: Pick<Loading, 'host' | 'cache' | 'edits'>,
  caller = '',
): Promise<WorkflowFile> {
  const key = `${origin.repository}@${origin.sha}:${origin.path}@${origin.ref}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reading = (async () => {
    const edited = edits === undefined ? null : await editedText(edits, origin);
    const content =
      edited ?? (await gitObjects(host.gitDirectory(origin.repository)).file(origin.sha, origin.path));
    if (content === null) {
      throw problem(
        'startup-failure',
        `${caller}${origin.repository} has no ${origin.path} at ${origin.sha}`,
        'Correct `uses:`.',
      );
    }
    return readWorkflowFile(origin, content);
  })();
  cache.set(key, reading);
  return reading;
}

async function grow(
  file: WorkflowFile,
  ceiling: { readonly permissions: Permissions; readonly called: boolean; readonly level: number },
  loading: Loading,
): Promise<LoadedWorkflow> {
  const base = resolvePermissions(file.permissions, ceiling.permissions);
  if (ceiling.called) checkCeiling(base, ceiling.permissions, `the called workflow ${file.origin.path}`);
  const callees = new Map<string, LoadedWorkflow>();
  const permissions = new Map<string, Permissions>();
  for (const job of file.jobs) {
    const granted = resolvePermissions(job.permissions, base);
    if (ceiling.called)
      checkCeiling(granted, ceiling.permissions, `${placeOf(job.at)}: the nested job '${job.id}'`);
    permissions.set(job.id, granted);
    if (job.kind !== 'call') continue;
    if (ceiling.level >= limits.levels) {
      throw problem(
        'startup-failure',
        `${placeOf(job.at)}: calls are nested deeper than ${limits.levels} levels`,
        'Flatten them.',
      );
    }
    const origin = await originOf(job, file.origin, loading.resolve);
    const callee = await read(origin, loading, `${placeOf(job.at)}: `);
    checkCall(job, callee);
    const path = `${origin.repository}/${origin.path}@${origin.ref}`;
    loading.references.set(path, {
      path,
      sha: origin.sha,
      ref: await fullReference(origin, loading.resolve),
    });
    if (loading.references.size > limits.workflows) {
      throw problem(
        'startup-failure',
        `${placeOf(job.at)}: the run uses more than ${limits.workflows} workflows`,
        'Call fewer.',
      );
    }
    callees.set(
      job.id,
      await grow(callee, { permissions: granted, called: true, level: ceiling.level + 1 }, loading),
    );
  }
  return { file, callees, permissions };
}

async function fullReference({ repository, ref }: FileOrigin, resolve: Resolve): Promise<string> {
  return ref.startsWith('refs/') ? ref : ((await resolve(repository, ref))?.ref ?? ref);
}

export interface CallTree {
  readonly root: LoadedWorkflow;
  readonly references: readonly Reference[];
}

/** Loads workflow files through one cache. Throws `startup-failure`, `workflow-invalid`, `unsupported-feature`. */
export interface CallTrees {
  file(origin: FileOrigin): Promise<WorkflowFile>;
  tree(file: WorkflowFile, permissions: Permissions): Promise<CallTree>;
}

/** `edits` are workflow files that count instead of those at the commit. */
export function createCallTrees(host: GitHubHost, edits?: EditedFolders): CallTrees {
  const cache = new Map<string, Promise<WorkflowFile>>();
  return {
    file: (origin) => read(origin, { host, cache, edits }),
    async tree(file, permissions) {
      const references = new Map<string, Reference>();
      const root = await grow(
        file,
        { permissions, called: false, level: 1 },
        { host, cache, edits, references, resolve: createResolve(host) },
      );
      return { root, references: [...references.values()] };
    },
  };
}
