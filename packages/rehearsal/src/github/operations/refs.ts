// Operations on refs: the same rules and events as a push.
import { readRefs, resolveObject, zeroSha } from '../git-reading.js';
import { GitFailure } from '../git-store.js';
import { flagOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentRef } from '../present/commit.js';
import type { Json } from '../present/forms.js';
import { isFastForward, moveRefusal } from '../protection.js';
import { type RefChange, refsChanged } from '../ref-changes.js';
import { created, HttpProblem, invalid, noContent, notFound, ok } from '../reply.js';
import { inOrder } from '../state.js';
import { workflowRefusal } from '../workflow-guard.js';
import { actorOf } from './issue-changes.js';

async function typeOf(call: RepositoryCall, sha: string): Promise<string> {
  return (await call.repository.git.run(['cat-file', '-t', sha])).trim();
}

async function shownRef(call: RepositoryCall, name: string, sha: string): Promise<Json> {
  return presentRef(call.state, call.repository, { name, sha, type: await typeOf(call, sha) });
}

/** The object itself, whatever its type; 422 when there is none. */
export async function objectSha(call: RepositoryCall, sha: string): Promise<string> {
  const found = /^[0-9a-f]{40}$/u.test(sha) ? await resolveObject(call.repository.git, sha, 'object') : null;
  if (found === null) throw new HttpProblem(422, 'Object does not exist');
  return found;
}

/** Moves a ref under the same rules as a push, then raises what follows. */
function move(call: RepositoryCall, change: RefChange): Promise<void> {
  const { state, repository, caller } = call;
  return inOrder(repository, async () => {
    const refusal = moveRefusal(repository, caller, {
      ref: change.ref,
      from: change.before ?? zeroSha,
      to: change.after ?? zeroSha,
    });
    if (refusal !== null) throw new HttpProblem(422, refusal);
    const guarded = change.after === null ? null : await workflowRefusal(repository, caller, change.after);
    if (guarded !== null) throw new HttpProblem(403, guarded);
    const to = change.after ?? zeroSha;
    await repository.git.run(['update-ref', change.ref, to, change.before ?? zeroSha]);
    await refsChanged(state, repository, { changes: [change], actor: actorOf(call) });
  });
}

async function createRef(call: RepositoryCall): Promise<Json> {
  const ref = textOf(call.body, 'ref') ?? '';
  const sha = await objectSha(call, textOf(call.body, 'sha') ?? '');
  const { git } = call.repository;
  // Source: https://docs.github.com/rest/git/refs#create-a-reference
  if (!/^refs\/(?:heads|tags|[^/]+)\/.+/u.test(ref))
    throw new HttpProblem(422, 'Reference name must start with refs and have two slashes');
  await git.run(['check-ref-format', ref]).catch(() => {
    throw invalid('Reference', 'Reference name is not valid', 'ref');
  });
  if ((await resolveObject(git, ref, 'object')) !== null)
    throw new HttpProblem(422, 'Reference already exists');
  try {
    await move(call, { ref, before: null, after: sha });
  } catch (error) {
    if (error instanceof GitFailure) throw new HttpProblem(422, 'Reference update failed');
    throw error;
  }
  return shownRef(call, ref, sha);
}

async function existingRef(call: RepositoryCall): Promise<{ name: string; sha: string }> {
  const name = `refs/${call.path['ref'] ?? ''}`;
  const sha = (await readRefs(call.repository.git)).get(name);
  if (sha === undefined) throw notFound();
  return { name, sha };
}

async function updateRef(call: RepositoryCall): Promise<Json> {
  const { name, sha: before } = await existingRef(call).catch(() => {
    throw new HttpProblem(422, 'Reference does not exist');
  });
  const after = await objectSha(call, textOf(call.body, 'sha') ?? '');
  const forced = flagOf(call.body, 'force') === true;
  if (!forced && !(await isFastForward(call.repository, before, after))) {
    throw new HttpProblem(422, 'Update is not a fast forward');
  }
  await move(call, { ref: name, before, after });
  return shownRef(call, name, after);
}

export const refOperations: RepositoryOperations = {
  'git/get-ref': {
    needs: 'contents=read',
    handle: async (call) => {
      const { name, sha } = await existingRef(call);
      return ok(await shownRef(call, name, sha));
    },
  },
  'git/list-matching-refs': {
    needs: 'contents=read',
    handle: async (call) => {
      const prefix = `refs/${call.path['ref'] ?? ''}`;
      const found = [...(await readRefs(call.repository.git))].filter(([name]) => name.startsWith(prefix));
      return ok(await Promise.all(found.map(([name, sha]) => shownRef(call, name, sha))));
    },
  },
  'git/create-ref': { needs: 'contents=write', handle: async (call) => created(await createRef(call)) },
  'git/update-ref': { needs: 'contents=write', handle: async (call) => ok(await updateRef(call)) },
  'git/delete-ref': {
    needs: 'contents=write',
    handle: async (call) => {
      const { name, sha } = await existingRef(call).catch(() => {
        throw new HttpProblem(422, 'Reference does not exist');
      });
      await move(call, { ref: name, before: sha, after: null });
      return noContent();
    },
  },
};
