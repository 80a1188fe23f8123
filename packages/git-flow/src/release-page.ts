// The release on GitHub: found by its tag, made as a draft, its record replaced, then published.
import type { Deps } from '@headgate/kit/deps';
import { sha256Hex } from '@headgate/kit/digest';
import type { GitHub } from '@headgate/kit/github';
import { failure } from './failures.js';

export interface Release {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly html_url: string;
  /** `https://uploads…/assets{?name,label}` */
  readonly upload_url: string;
  /** Nothing of it can be replaced once it is published. */
  readonly immutable?: boolean;
}

export interface ReleaseText {
  readonly tag: string;
  readonly name: string;
  readonly body: string;
}

export interface AttachedFile {
  readonly name: string;
  readonly text: string;
}

export interface Asset {
  readonly id: number;
  readonly name: string;
  readonly state?: string;
  /** `sha256:…` */
  readonly digest?: string | null;
}

/** The published release of a tag, else its oldest draft; null without one. Needs `contents: write` to see drafts. */
export async function findRelease(github: GitHub, tag: string): Promise<Release | null> {
  const releases = await github.paginate<Release>('GET /repos/{owner}/{repo}/releases');
  const ours = releases.filter((release) => release.tag_name === tag);
  const published = ours.find(({ draft }) => !draft);
  return published ?? [...ours].sort((left, right) => left.id - right.id)[0] ?? null;
}

/** Always a draft: assets are there before anybody sees it, and immutable releases can have them. */
export async function createDraft(github: GitHub, { tag, name, body }: ReleaseText): Promise<Release> {
  const { data } = await github.request<Release>('POST /repos/{owner}/{repo}/releases', {
    tag_name: tag,
    name,
    body,
    draft: true,
  });
  return data;
}

export async function publishRelease(github: GitHub, release: Release): Promise<Release> {
  if (!release.draft) return release;
  const route = 'PATCH /repos/{owner}/{repo}/releases/{release_id}';
  const { data } = await github.request<Release>(route, { release_id: release.id, draft: false });
  return data;
}

/** Attaches a file in place of an older one of that name; a release that may not change says so and stays. */
export async function attachFile(
  github: GitHub,
  release: Release,
  { file, core }: { readonly file: AttachedFile; readonly core: Deps['core'] },
): Promise<void> {
  const before = await findAsset(github, release, file.name);
  if (before !== null && isSame(before, file)) return;
  if (!release.draft && release.immutable === true) {
    core.warning(`${release.html_url} cannot be changed any more: its ${file.name} stays as it is`, {
      title: 'git-flow',
    });
    return;
  }
  if (before !== null) {
    await github.request('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { asset_id: before.id });
  }
  await github.request(`POST ${release.upload_url}`, {
    name: file.name,
    data: file.text,
    headers: { 'content-type': 'application/json' },
  });
}

/**
 * Fails unless the file is there, whole: what is published without it can often take nothing any more.
 * @throws {ActionError} `asset-missing`
 */
export async function requireFile(github: GitHub, release: Release, file: AttachedFile): Promise<void> {
  const asset = await findAsset(github, release, file.name);
  if (asset !== null && (isSame(asset, file) || (!release.draft && isWhole(asset)))) return;
  const found =
    asset === null ? 'it is not there' : isWhole(asset) ? 'it holds other bytes' : 'its upload broke off';
  const message = `${file.name} was expected at ${release.html_url}; ${found}`;
  const hint = release.draft
    ? 'Re-run the failed jobs: they attach it again. Nothing is published before it is there.'
    : `Attach ${file.name} of this run's record by hand, or release the next number where the release is immutable.`;
  throw failure('asset-missing', message, hint);
}

/** A file of a release; null when it is not there. */
export async function findAsset(github: GitHub, release: Release, wanted: string): Promise<Asset | null> {
  const route = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
  const assets = await github.paginate<Asset>(route, { release_id: release.id });
  return assets.find(({ name }) => name === wanted) ?? null;
}

/** An upload that broke off is listed, too. */
function isWhole({ state }: Asset): boolean {
  return state === undefined || state === 'uploaded';
}

function isSame(asset: Asset, { text }: AttachedFile): boolean {
  return isWhole(asset) && asset.digest === `sha256:${sha256Hex(text)}`;
}
