// Operations on artifacts: lists by run and by name, the data, the zip.
import type { Artifact } from '../../model.js';
import { numberOf, type RepositoryCall, type RepositoryOperations } from '../operation.js';
import { presentArtifact, retentionMs } from '../present/artifact.js';
import { HttpProblem, noContent, notFound, ok, type Reply } from '../reply.js';
import { blobAddress } from '../signed-blobs.js';

const own = (call: RepositoryCall): readonly Artifact[] =>
  call.state.artifacts.filter((artifact) => artifact.repository === call.repository.fullName).toReversed();

function artifactNamed(call: RepositoryCall): Artifact {
  const found = own(call).find((artifact) => artifact.id === numberOf(call, 'artifact_id'));
  if (found === undefined) throw notFound();
  return found;
}

/** Newest first; `name` is compared as a whole. Source: https://docs.github.com/rest/actions/artifacts#list-artifacts-for-a-repository */
function list(call: RepositoryCall, artifacts: readonly Artifact[]): Reply {
  const { name, direction } = call.query;
  const found = artifacts.filter((artifact) => name === undefined || artifact.name === name);
  const page = call.page(direction === 'asc' ? found.toReversed() : found);
  const shown = page.map((artifact) => presentArtifact(call.state, call.repository, artifact));
  return ok({ total_count: found.length, artifacts: shown });
}

export const artifactOperations: RepositoryOperations = {
  'actions/list-artifacts-for-repo': { needs: 'actions=read', handle: (call) => list(call, own(call)) },
  'actions/list-workflow-run-artifacts': {
    needs: 'actions=read',
    handle: (call) => {
      const run = call.state.runs.get(numberOf(call, 'run_id'));
      if (run?.repository !== call.repository.fullName) throw notFound();
      return list(
        call,
        own(call).filter((artifact) => artifact.runId === run.id),
      );
    },
  },
  'actions/get-artifact': {
    needs: 'actions=read',
    handle: (call) => ok(presentArtifact(call.state, call.repository, artifactNamed(call))),
  },
  'actions/download-artifact': {
    needs: 'actions=read',
    handle: (call) => {
      const { zip, createdAt } = artifactNamed(call);
      if (call.path['archive_format'] !== 'zip') throw notFound();
      if (call.state.clock.now() > createdAt + retentionMs)
        throw new HttpProblem(410, 'Artifact has expired');
      const location = blobAddress(call.state, { bytes: zip, contentType: 'application/zip' });
      return { status: 302, headers: { location } };
    },
  },
  'actions/delete-artifact': {
    needs: 'actions=write',
    handle: (call) => {
      call.state.artifacts.splice(call.state.artifacts.indexOf(artifactNamed(call)), 1);
      return noContent();
    },
  },
};
