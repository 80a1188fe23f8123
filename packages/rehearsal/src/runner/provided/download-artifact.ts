// actions/download-artifact: artifacts of this run, or of another run of the repository, into the workspace.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { unzip } from 'fflate';
import { problem } from '../../engine/problem.js';
import type { Artifact } from '../../model.js';
import { globExpression } from '../glob.js';
import { isTrue, type ProvidedAction, type ProvidedStep } from './action.js';

function unpacked(zip: Uint8Array): Promise<Readonly<Record<string, Uint8Array>>> {
  return new Promise((done, failed) => {
    unzip(zip, (error, files) => (error === null ? done(files) : failed(error)));
  });
}

async function extract(artifact: Artifact, folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(await unpacked(artifact.zip))) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep))
      throw problem('step-failed', `artifact ${artifact.name}: ${name} leaves its folder`, 'Do not use it.');
    await mkdir(dirname(path), { recursive: true });
    if (!name.endsWith('/')) await writeFile(path, bytes);
  }
}

function newestOfEachName(artifacts: readonly Artifact[]): readonly Artifact[] {
  return [
    ...new Map(
      [...artifacts].sort((left, right) => left.id - right.id).map((each) => [each.name, each]),
    ).values(),
  ];
}

interface Sight {
  readonly runId: number;
  readonly artifacts: readonly Artifact[];
}

/**
 * What the action can see. With a token it asks the REST interface, for any run and all its attempts; without one
 * `run-id` and `repository` mean nothing, and it asks a service that may know the current attempt only (probe): here
 * it knows no other. Source: https://github.com/actions/download-artifact#inputs
 */
function sightOf({ host, input, step }: ProvidedStep): Sight {
  const { id, repository, attempt } = step.session.plan.run;
  if (input('github-token') !== '') {
    const runId = Number(input('run-id') || id);
    return { runId, artifacts: host.artifacts({ repository: input('repository') || repository, runId }) };
  }
  const all = host.artifacts({ repository, runId: id });
  return { runId: id, artifacts: all.filter((artifact) => (artifact.attempt ?? 1) === attempt) };
}

function chosenFrom(provided: ProvidedStep): readonly Artifact[] {
  const { input } = provided;
  const { runId, artifacts } = sightOf(provided);
  const all = newestOfEachName(artifacts);
  const name = input('name');
  const ids = input('artifact-ids')
    .split(/[\s,]+/u)
    .filter((id) => id !== '')
    .map(Number);
  if (name !== '') {
    const found = all.filter((artifact) => artifact.name === name);
    if (found.length === 0)
      throw problem(
        'not-found',
        `run ${runId} has no artifact ${name}`,
        'Upload it first, or correct `name` and `run-id`; other runs and former attempts take `github-token`.',
      );
    return found;
  }
  if (ids.length > 0) return artifacts.filter(({ id }) => ids.includes(id));
  const pattern = input('pattern');
  return pattern === '' ? all : all.filter((artifact) => globExpression(pattern).test(artifact.name));
}

async function run(provided: ProvidedStep): Promise<void> {
  const { input, step } = provided;
  const folder = resolve(step.session.directories.workspace, input('path') || '.');
  const chosen = chosenFrom(provided);
  const flat = input('name') !== '' || isTrue(input('merge-multiple'));
  for (const artifact of chosen) {
    await extract(artifact, flat ? folder : join(folder, artifact.name));
    provided.line(`Artifact ${artifact.name}: ${artifact.digest}`);
  }
  provided.output('download-path', folder);
}

export const downloadArtifact: ProvidedAction = {
  inputs: {
    name: '',
    'artifact-ids': '',
    path: '',
    pattern: '',
    'merge-multiple': 'false',
    'github-token': '',
    repository: '',
    'run-id': '',
    'digest-mismatch': 'error',
  },
  run,
};
