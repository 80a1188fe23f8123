// Tags on GitHub: vX.Y.Z, annotated, made once; vX, light, moved.
import { ReleaseProblem } from './problem.mjs';

/** @typedef {import('./github.mjs').GitHub} GitHub */
/** @typedef {{ type: string, sha: string }} GitObject */

/** The commit behind a tag; null when there is no such tag. @param {GitHub} github @param {string} name */
export async function findTag(github, name) {
  const found = await github.get(`/git/ref/tags/${name}`);
  return found ? commitOf(github, found.object) : null;
}

/** @param {GitHub} github @param {GitObject} object @returns {Promise<string>} */
export async function commitOf(github, object) {
  if (object.type !== 'tag') return object.sha;
  const { object: inner } = await github.get(`/git/tags/${object.sha}`);
  return commitOf(github, inner);
}

/** @param {string} name @param {string | null} found @param {string} wanted @throws {ReleaseProblem} */
export function checkTag(name, found, wanted) {
  if (found === null || found === wanted) return;
  throw new ReleaseProblem(
    `the tag ${name} was expected to be absent or on ${wanted}, it is on ${found}`,
    'A released version never moves: release the next number from a branch of that name.',
  );
}

/**
 * The annotated tag. Stopped in between it leaves an object that nobody sees.
 * @param {GitHub} github
 * @param {{ name: string, commit: string, message: string }} tag
 */
export async function createTag(github, { name, commit, message }) {
  const made = await github.send('POST', '/git/tags', { tag: name, message, object: commit, type: 'commit' });
  await github.send('POST', '/git/refs', { ref: `refs/tags/${name}`, sha: made.sha });
}

/** A light tag, wherever it was before. @param {GitHub} github @param {{ name: string, commit: string, exists: boolean }} tag */
export async function moveTag(github, { name, commit, exists }) {
  if (exists) await github.send('PATCH', `/git/refs/tags/${name}`, { sha: commit, force: true });
  else await github.send('POST', '/git/refs', { ref: `refs/tags/${name}`, sha: commit });
}
