// Operations on what a commit holds: a file's content, and the tags that name commits.
import { readRefs } from '../git-reading.js';
import type { RepositoryCall, RepositoryOperations } from '../operation.js';
import { escapePath, type Json, nodeId, repositoryApi, repositoryPage } from '../present/forms.js';
import { notFound, ok } from '../reply.js';
import { commitNamed } from './branches.js';

async function fileContent(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  const path = (call.path['path'] ?? '').replace(/\/+$/u, '');
  const ref = call.query['ref'] ?? repository.settings.defaultBranch;
  const sha = await commitNamed(call, ref);
  const entry = await repository.git.run(['--literal-pathspecs', 'ls-tree', '-z', '-l', sha, '--', path]);
  const [, kind, blob, size] = /^\d+ (\w+) ([0-9a-f]{40}) +(\d+|-)\t/u.exec(entry) ?? [];
  if (kind !== 'blob' || blob === undefined) throw notFound();
  const content = await repository.git.run(['cat-file', 'blob', blob], { encoding: 'latin1' });
  const url = `${repositoryApi(state, repository)}/contents/${escapePath(path)}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = `${repositoryApi(state, repository)}/git/blobs/${blob}`;
  const page = `${repositoryPage(state, repository)}/blob/${escapePath(ref)}/${escapePath(path)}`;
  return {
    type: 'file',
    encoding: 'base64',
    size: Number(size),
    name: path.split('/').at(-1) ?? path,
    path,
    content: Buffer.from(content, 'latin1').toString('base64'),
    sha: blob,
    url,
    git_url: gitUrl,
    html_url: page,
    download_url: `${repositoryPage(state, repository)}/raw/${escapePath(ref)}/${escapePath(path)}`,
    _links: { self: url, git: gitUrl, html: page },
  };
}

async function listTags(call: RepositoryCall): Promise<readonly Json[]> {
  const { state, repository } = call;
  const api = repositoryApi(state, repository);
  const refs = [...(await readRefs(repository.git)).keys()]
    .filter((ref) => ref.startsWith('refs/tags/'))
    .reverse();
  const tags: Json[] = [];
  for (const ref of call.page(refs)) {
    const name = ref.slice('refs/tags/'.length);
    const sha = await commitNamed(call, ref);
    tags.push({
      name,
      node_id: nodeId('Ref', `${repository.fullName}:${ref}`),
      commit: { sha, url: `${api}/commits/${sha}` },
      zipball_url: `${api}/zipball/${escapePath(ref)}`,
      tarball_url: `${api}/tarball/${escapePath(ref)}`,
    });
  }
  return tags;
}

export const contentOperations: RepositoryOperations = {
  'repos/list-tags': { needs: 'metadata=read', handle: async (call) => ok(await listTags(call)) },
  'repos/get-content': { needs: 'contents=read', handle: async (call) => ok(await fileContent(call)) },
};
