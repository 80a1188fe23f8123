// Operations on git's own objects: commits, trees and annotated tags.

import { writeCommit } from '../git-merging.js';
import { type Commit, readCommit, resolveObject } from '../git-reading.js';
import type { Identity } from '../git-store.js';
import { type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentGitCommit } from '../present/commit.js';
import { type Json, nodeId, repositoryApi } from '../present/forms.js';
import { created, HttpProblem, invalid, notFound, ok } from '../reply.js';
import { objectSha } from './refs.js';

/** An author, committer or tagger of a body; whoever sent the request where nothing is said. */
function identityIn(call: RepositoryCall, value: unknown): Identity {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name: textOf(given, 'name') ?? call.caller.login,
    email: textOf(given, 'email') ?? `${call.caller.login}@users.noreply.github.com`,
    time: Date.parse(textOf(given, 'date') ?? '') || call.state.clock.now(),
  };
}

async function createTag(call: RepositoryCall): Promise<Json> {
  const tag = textOf(call.body, 'tag') ?? '';
  const message = textOf(call.body, 'message') ?? '';
  const type = textOf(call.body, 'type') ?? 'commit';
  const object = await objectSha(call, textOf(call.body, 'object') ?? '');
  const tagger = identityIn(call, call.body['tagger']);
  const stamp = `${tagger.name} <${tagger.email}> ${Math.floor(tagger.time / 1000)} +0000`;
  const input = `object ${object}\ntype ${type}\ntag ${tag}\ntagger ${stamp}\n\n${message}\n`;
  const sha = await call.repository.git.run(['mktag'], { input }).catch(() => {
    throw invalid('Tag', 'tag is not well formed', 'tag');
  });
  return readTag(call, sha.trim());
}

async function readTag(call: RepositoryCall, sha: string): Promise<Json> {
  const text = await call.repository.git.run(['cat-file', 'tag', sha]).catch(() => {
    throw notFound();
  });
  const [head = '', ...message] = text.split('\n\n');
  const field = (name: string): string => new RegExp(`^${name} (.*)$`, 'mu').exec(head)?.[1] ?? '';
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+)/u.exec(field('tagger')) ?? [];
  const api = `${repositoryApi(call.state, call.repository)}/git`;
  const type = field('type');
  return {
    node_id: nodeId('Tag', sha),
    sha,
    url: `${api}/tags/${sha}`,
    tag: field('tag'),
    message: message.join('\n\n').trimEnd(),
    tagger: { name, email, date: new Date(Number(seconds) * 1000).toISOString() },
    object: { sha: field('object'), type, url: `${api}/${type}s/${field('object')}` },
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}

async function commitOf(call: RepositoryCall, sha: string): Promise<Commit> {
  const found = /^[0-9a-f]{40}$/u.test(sha) ? await resolveObject(call.repository.git, sha) : null;
  if (found === null) throw notFound();
  return readCommit(call.repository.git, found);
}

async function createCommit(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const tree = await resolveObject(repository.git, await objectSha(call, textOf(body, 'tree') ?? ''), 'tree');
  if (tree === null) throw new HttpProblem(422, 'Tree SHA does not exist');
  const parents: string[] = [];
  for (const parent of Array.isArray(body['parents']) ? body['parents'] : []) {
    parents.push((await commitOf(call, String(parent))).sha);
  }
  const author = identityIn(call, body['author']);
  const committer = body['committer'] === undefined ? author : identityIn(call, body['committer']);
  const message = textOf(body, 'message') ?? '';
  const sha = await writeCommit(repository.git, { tree, parents, message, author, committer });
  return presentGitCommit(state, repository, await readCommit(repository.git, sha));
}

async function readTree(call: RepositoryCall): Promise<Json> {
  const { git } = call.repository;
  const tree = await resolveObject(git, await objectSha(call, call.path['tree_sha'] ?? ''), 'tree');
  if (tree === null) throw notFound();
  const deep = call.query['recursive'] === undefined ? [] : ['-r', '-t'];
  const api = `${repositoryApi(call.state, call.repository)}/git`;
  const lines = (await git.run(['ls-tree', '-z', '-l', ...deep, tree])).split('\0').filter(Boolean);
  const entries = lines.map((line) => {
    const [, mode = '', type = '', sha = '', size = '', path = ''] =
      /^(\d+) (\w+) ([0-9a-f]{40}) +(\d+|-)\t(.*)$/su.exec(line) ?? [];
    return {
      path,
      mode,
      type,
      sha,
      ...(size === '-' ? {} : { size: Number(size) }),
      url: `${api}/${type}s/${sha}`,
    };
  });
  return { sha: tree, url: `${api}/trees/${tree}`, tree: entries, truncated: false };
}

export const gitObjectOperations: RepositoryOperations = {
  'git/get-commit': {
    needs: 'contents=read',
    handle: async (call) => {
      const commit = await commitOf(call, call.path['commit_sha'] ?? '');
      return ok(presentGitCommit(call.state, call.repository, commit));
    },
  },
  'git/create-commit': { needs: 'contents=write', handle: async (call) => created(await createCommit(call)) },
  'git/get-tree': { needs: 'contents=read', handle: async (call) => ok(await readTree(call)) },
  'git/create-tag': { needs: 'contents=write', handle: async (call) => created(await createTag(call)) },
  'git/get-tag': {
    needs: 'contents=read',
    handle: async (call) => ok(await readTag(call, call.path['tag_sha'] ?? '')),
  },
};
