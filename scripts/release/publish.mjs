// Publishing one version: draft, files, tag, page, vX, in this order. Stopped anywhere and called again, it goes on.
import { readAssets } from './assets.mjs';
import { highestPublished, planFloating } from './floating.mjs';
import { attach, checkComplete, lackingAssets, listUploaded, releaseOf } from './page.mjs';
import { checkTag, createTag, findTag, moveTag } from './tags.mjs';
import { compareVersions, showVersion } from './version.mjs';

/** @typedef {import('./github.mjs').GitHub} GitHub */
/** @typedef {import('./page.mjs').Release} Release */
/** @typedef {import('./assets.mjs').Asset} Asset */
/**
 * @typedef {object} Publication
 * @property {GitHub} github
 * @property {string} repository `owner/name`
 * @property {import('./version.mjs').Version} version
 * @property {string} commit the merge commit
 * @property {string} folder with the assets
 * @property {boolean} dryRun reads, and says what it would do
 * @property {(line: string) => void} log
 */

/**
 * Everything is looked at before anything is made. The tag comes after the files, so that a release that cannot be
 * completed burns no number; vX comes last, because whoever follows it must find everything there.
 * @param {Publication} publication
 * @throws {import('./problem.mjs').ReleaseProblem}
 */
export async function publish(publication) {
  const { github, version, commit, folder } = publication;
  const name = `v${showVersion(version)}`;
  const assets = readAssets(folder, showVersion(version));
  const standing = await findTag(github, name);
  checkTag(name, standing, commit);
  const releases = await github.list('/releases');
  const found = releaseOf(releases, name);

  const release = found ?? (await draft(publication, name));
  if (!release || release.draft) await complete(publication, { release, assets });
  if (release && !publication.dryRun) await checkComplete(github, release, assets);
  if (standing === null) {
    const message = `Headgate ${showVersion(version)}`;
    await act(publication, `tag ${commit} as ${name}`, () => createTag(github, { name, commit, message }));
  }
  if (!found || found.draft) await open(publication, { release, name, releases });
  await float(publication);
}

/** @param {Publication} publication @param {string} line @param {() => Promise<unknown>} work */
async function act({ dryRun, log }, line, work) {
  log(`${dryRun ? 'would ' : ''}${line}`);
  return dryRun ? null : work();
}

/** @param {Publication} publication @param {string} name @returns {Promise<Release | null>} */
async function draft(publication, name) {
  const { github, commit, repository, version } = publication;
  const body = {
    tag_name: name,
    target_commitish: commit,
    name,
    body: introduction(repository, showVersion(version)),
    draft: true,
    generate_release_notes: true,
  };
  const made = await act(publication, `draft the release ${name}`, () =>
    github.send('POST', '/releases', body),
  );
  return /** @type {Release | null} */ (made);
}

/** @param {string} repository @param {string} version */
const introduction = (repository, version) =>
  [
    `Pin by commit; \`git ls-remote https://github.com/${repository} "v${version}^{}"\` says which it is. Verify a file with`,
    `\`gh attestation verify FILE --repo ${repository}\`; docs/releasing.md says what each is.`,
  ].join('\n');

/**
 * @param {Publication} publication
 * @param {{ release: Release | null, assets: readonly Asset[] }} material release: null where a dry run has drafted none
 */
async function complete(publication, { release, assets }) {
  const { github } = publication;
  const uploaded = release ? await listUploaded(github, release.id) : [];
  for (const asset of lackingAssets(uploaded, assets)) {
    const work = async () => release && attach(github, release, { asset, uploaded });
    await act(publication, `attach ${asset.name}`, work);
  }
}

/** @param {Publication} publication @param {{ release: Release | null, name: string, releases: Release[] }} material */
async function open(publication, { release, name, releases }) {
  const { github, version, log } = publication;
  const highest = highestPublished(releases);
  const latest = !highest || compareVersions(version, highest) > 0;
  const change = { draft: false, make_latest: String(latest) };
  const line = `publish ${name}${latest ? '' : ', which is not the latest'}`;
  const done = await act(publication, line, () => github.send('PATCH', `/releases/${release?.id}`, change));
  const page = /** @type {Release | null} */ (done);
  if (page && page.immutable !== true)
    log(
      `${page.html_url} can still be changed: switch on immutable releases (Settings → General → Releases)`,
    );
}

/** @param {Publication} publication */
async function float(publication) {
  const { github, version, dryRun, log } = publication;
  const listed = await github.list('/releases');
  const own = { tag_name: `v${showVersion(version)}`, draft: false };
  // A dry run has published nothing, and asks what would follow if it had.
  const releases = dryRun ? [...listed, own] : listed;
  const question = {
    releases,
    major: version[0],
    made: dryRun ? { ...own, commit: publication.commit } : null,
  };
  const move = await planFloating(github, question);
  if (!move) return log(`v${version[0]} stays where it is`);
  const { name, commit } = move;
  await act(publication, `move ${name} to ${move.version} (${commit})`, () => moveTag(github, move));
}
