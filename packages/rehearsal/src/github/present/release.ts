// Releases and their assets as GitHub shows them.
import { createHash } from 'node:crypto';
import type { AssetState, ReleaseState } from '../records.js';
import type { RepositoryState, State } from '../state.js';
import { presentAccount } from './account.js';
import {
  escapePath,
  isoTime,
  isoTimeOrNull,
  type Json,
  nodeId,
  repositoryApi,
  repositoryPage,
} from './forms.js';

/** `release-asset` */
export function presentAsset(
  state: State,
  repository: RepositoryState,
  at: { release: ReleaseState; asset: AssetState },
): Json {
  const { release, asset } = at;
  const page = repositoryPage(state, repository);
  return {
    url: `${repositoryApi(state, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: presentAccount(state, asset.uploader),
    content_type: asset.contentType,
    state: 'uploaded',
    size: asset.bytes.byteLength,
    digest: `sha256:${createHash('sha256').update(asset.bytes).digest('hex')}`,
    download_count: 0,
    created_at: isoTime(asset.createdAt),
    updated_at: isoTime(asset.createdAt),
    browser_download_url: `${page}/releases/download/${escapePath(release.tag)}/${escapePath(asset.name)}`,
  };
}

/** `release` */
export function presentRelease(state: State, repository: RepositoryState, release: ReleaseState): Json {
  const api = repositoryApi(state, repository);
  const page = `${repositoryPage(state, repository)}/releases`;
  const url = `${api}/releases/${release.id}`;
  const tag = escapePath(release.tag);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${state.serverUrl}/api/uploads/repos/${repository.fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: `${page}/tag/${release.draft ? `untagged-${release.id}` : tag}`,
    id: release.id,
    author: presentAccount(state, release.author),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: isoTime(release.createdAt),
    updated_at: isoTime(release.publishedAt ?? release.createdAt),
    published_at: isoTimeOrNull(release.publishedAt),
    assets: release.assets.map((asset) => presentAsset(state, repository, { release, asset })),
    tarball_url: release.draft ? null : `${api}/tarball/${tag}`,
    zipball_url: release.draft ? null : `${api}/zipball/${tag}`,
  };
}
