// Where vX stands: on the highest published release of its major version, and never on a lower one than before.
import { commitOf, findTag } from './tags.mjs';
import { compareVersions, parseTag, showVersion } from './version.mjs';

/** @typedef {import('./github.mjs').GitHub} GitHub */
/** @typedef {import('./version.mjs').Version} Version */
/** @typedef {{ tag_name: string, draft: boolean, prerelease?: boolean }} Listed */

/**
 * The highest published version; of one major version where it is given.
 * @param {readonly Listed[]} releases
 * @param {number} [major]
 * @returns {Version | null}
 */
export function highestPublished(releases, major) {
  /** @type {Version | null} */
  let highest = null;
  for (const { draft, prerelease, tag_name: tag } of releases) {
    const version = draft || prerelease ? null : parseTag(tag);
    if (!version || (major !== undefined && version[0] !== major)) continue;
    if (!highest || compareVersions(version, highest) > 0) highest = version;
  }
  return highest;
}

/**
 * What has to be done so that vX stands right; null: nothing. A release whose run was stopped before this step is
 * caught up with by whichever comes next.
 * @param {GitHub} github
 * @param {{ releases: readonly Listed[], major: number, made: { tag_name: string, commit: string } | null }} question
 *   made: a tag that does not exist yet
 * @returns {Promise<{ name: string, version: string, commit: string, exists: boolean } | null>}
 */
export async function planFloating(github, { releases, major, made }) {
  const name = `v${major}`;
  const target = highestPublished(releases, major);
  if (!target) return null;
  const version = showVersion(target);
  const tag = `v${version}`;
  const commit = made?.tag_name === tag ? made.commit : await findTag(github, tag);
  const now = await findTag(github, name);
  if (commit === null || commit === now) return null;
  if (now !== null && (await isAbove(github, { commit: now, major, version: target }))) return null;
  return { name, version, commit, exists: now !== null };
}

/**
 * Whether a commit carries the tag of a version above this one: somebody released it without a page, or took its page away.
 * @param {GitHub} github
 * @param {{ commit: string, major: number, version: Version }} question
 */
async function isAbove(github, { commit, major, version }) {
  const references = (await github.get(`/git/matching-refs/tags/v${major}.`)) ?? [];
  for (const { ref, object } of references) {
    const tagged = parseTag(ref.replace('refs/tags/', ''));
    if (!tagged || compareVersions(tagged, version) <= 0) continue;
    if ((await commitOf(github, object)) === commit) return true;
  }
  return false;
}
