// actions/upload-artifact: files of the workspace as one zip, kept by the host.
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Zippable, zip } from 'fflate';
import { problem } from '../../engine/problem.js';
import { globExpression, isGlob } from '../glob.js';
import { isTrue, type ProvidedAction, type ProvidedStep } from './action.js';

async function filesBelow(path: string, hidden: boolean): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const visible = entries.filter((entry) => hidden || !entry.name.startsWith('.'));
  return (await Promise.all(visible.map((entry) => filesBelow(join(path, entry.name), hidden)))).flat();
}

/** The fixed folder before the first wildcard of a pattern. */
function fixedPart(pattern: string): string {
  const segments = pattern.split('/');
  const wild = segments.findIndex(isGlob);
  return wild === -1 ? pattern : segments.slice(0, wild).join('/') || '/';
}

interface Search {
  readonly files: readonly string[];
  /** Names in the archive are relative to this folder. */
  readonly root: string;
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map((path) => path.split(sep));
  const length = rest.reduce((count, parts) => {
    const differs = first.slice(0, count).findIndex((part, index) => parts[index] !== part);
    return differs === -1 ? count : differs;
  }, first.length);
  return first.slice(0, length).join(sep) || sep;
}

/** Files of a multi-line `path`; `!` leaves out. Several lines: relative to their common folder. Source: actions/upload-artifact, `search`. */
export async function searchFiles(
  workspace: string,
  lines: readonly string[],
  hidden: boolean,
): Promise<Search> {
  const chosen = new Set<string>();
  const roots: string[] = [];
  for (const line of lines) {
    const negated = line.startsWith('!');
    const pattern = resolve(workspace, negated ? line.slice(1) : line);
    const expression = globExpression(pattern);
    const matches = (file: string): boolean => expression.test(file) || file.startsWith(pattern + sep);
    if (negated) {
      for (const file of chosen) if (matches(file)) chosen.delete(file);
      continue;
    }
    const base = fixedPart(pattern);
    roots.push(base);
    for (const file of await filesBelow(base, hidden))
      if (!isGlob(pattern) || matches(file)) chosen.add(file);
  }
  const files = [...chosen].sort((left, right) => (left < right ? -1 : 1));
  const single = files.length === 1 && roots.length === 1 && files[0] === roots[0];
  const root = single
    ? dirname(files[0] ?? '')
    : commonFolder(roots.map((base) => (files.includes(base) ? dirname(base) : base)));
  return { files, root };
}

function packed(content: Zippable): Promise<Uint8Array> {
  return new Promise((done, failed) => {
    zip(content, { level: 6, mtime: new Date(1980, 0, 1) }, (error, data) =>
      error === null ? done(data) : failed(error),
    );
  });
}

const forbidden = /["<>|*?:\r\n\\/]/u;

/** The name and the lines of `path`. Throws `step-failed` when they cannot be used. */
function askedFor({ input }: ProvidedStep): { readonly name: string; readonly lines: readonly string[] } {
  const name = input('name');
  if (forbidden.test(name))
    throw problem(
      'step-failed',
      `upload-artifact: the name ${JSON.stringify(name)} holds a forbidden character`,
      'Rename it.',
    );
  const lines = input('path')
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0)
    throw problem('step-failed', 'upload-artifact: the input path is required', 'Give it files.');
  return { name, lines };
}

async function run(provided: ProvidedStep): Promise<void> {
  const { step, host, input } = provided;
  const { name, lines } = askedFor(provided);
  const { files, root } = await searchFiles(
    step.session.directories.workspace,
    lines,
    isTrue(input('include-hidden-files')),
  );
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${lines.join(', ')}. No artifacts will be uploaded.`;
    if (input('if-no-files-found') === 'error') throw problem('step-failed', message, 'Correct `path`.');
    provided.line(input('if-no-files-found') === 'ignore' ? message : `##[warning]${message}`);
    return;
  }
  const content: Zippable = {};
  for (const file of files)
    content[relative(root, file).split(sep).join('/')] = new Uint8Array(await readFile(file));
  const { run: state } = step.session.plan;
  const artifact = host.addArtifact(
    {
      repository: state.repository,
      runId: state.id,
      attempt: state.attempt,
      jobId: step.session.plan.state.id,
      name,
      zip: await packed(content),
    },
    isTrue(input('overwrite')),
  );
  provided.line(`Artifact ${name}: ${files.length} file(s), ${artifact.digest}`);
  provided.output('artifact-id', String(artifact.id));
  provided.output('artifact-digest', artifact.digest.replace(/^sha256:/u, ''));
  provided.output(
    'artifact-url',
    `${host.serverUrl}/${state.repository}/actions/runs/${state.id}/artifacts/${artifact.id}`,
  );
}

export const uploadArtifact: ProvidedAction = {
  inputs: {
    name: 'artifact',
    path: '',
    'if-no-files-found': 'warn',
    'retention-days': '',
    'compression-level': '6',
    overwrite: 'false',
    'include-hidden-files': 'false',
  },
  run,
};
