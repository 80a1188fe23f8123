// The release on GitHub: a draft until every file is there, then published, then never changed.
import { ReleaseProblem } from './problem.mjs';

/** @typedef {import('./github.mjs').GitHub} GitHub */
/** @typedef {import('./assets.mjs').Asset} Asset */
/**
 * @typedef {object} Release as GitHub shows it
 * @property {number} id
 * @property {string} tag_name
 * @property {boolean} draft
 * @property {boolean} [immutable]
 * @property {string} html_url
 * @property {string} upload_url
 */
/** @typedef {{ id: number, name: string, state: string, digest?: string | null }} Uploaded */

/** The published release of a tag, else its oldest draft, else null. @param {readonly Release[]} all @param {string} tag */
export function releaseOf(all, tag) {
  const ours = all.filter((release) => release.tag_name === tag).sort((left, right) => left.id - right.id);
  return ours.find(({ draft }) => !draft) ?? ours[0] ?? null;
}

/** @param {GitHub} github @param {number} id @returns {Promise<Uploaded[]>} */
export const listUploaded = (github, id) => github.list(`/releases/${id}/assets`);

/** An upload that broke off is listed, too. @param {Uploaded} uploaded @param {Asset} asset */
const isSame = (uploaded, asset) =>
  uploaded.state === 'uploaded' && (asset.sha256 === null || uploaded.digest === `sha256:${asset.sha256}`);

/**
 * Which files are not there, or not those that were built.
 * @param {readonly Uploaded[]} uploaded
 * @param {readonly Asset[]} assets
 * @returns {Asset[]}
 */
export const lackingAssets = (uploaded, assets) =>
  assets.filter((asset) => !uploaded.some((each) => each.name === asset.name && isSame(each, asset)));

/**
 * Puts one file on a draft in place of what is left of an earlier try.
 * @param {GitHub} github
 * @param {Release} release
 * @param {{ asset: Asset, uploaded: readonly Uploaded[] }} file
 */
export async function attach(github, release, { asset, uploaded }) {
  const former = uploaded.find(({ name }) => name === asset.name);
  if (former) await github.send('DELETE', `/releases/assets/${former.id}`);
  await github.upload(release.upload_url, asset);
}

/**
 * @param {GitHub} github
 * @param {Release} release
 * @param {readonly Asset[]} assets
 * @throws {ReleaseProblem} when GitHub does not list every one of them, byte for byte
 */
export async function checkComplete(github, release, assets) {
  const lacking = lackingAssets(await listUploaded(github, release.id), assets);
  if (lacking.length === 0) return;
  const names = lacking.map(({ name }) => name).join(', ');
  const cure = release.draft
    ? 'Re-run the failed jobs: the draft is completed, then published.'
    : 'A published release stays as it is: release the next patch number, which has them all.';
  throw new ReleaseProblem(
    `${release.html_url} was expected to have ${assets.length} files; missing or different: ${names}`,
    cure,
  );
}
