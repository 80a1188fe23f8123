// Operations on the files of a release.
import { numberOf, type RepositoryCall, type RepositoryOperations } from '../operation.js';
import type { Json } from '../present/forms.js';
import { presentAsset } from '../present/release.js';
import type { AssetState } from '../records.js';
import { created, invalid, notFound, ok, type Reply } from '../reply.js';
import { blobAddress } from '../signed-blobs.js';
import { releaseNamed } from './releases.js';

function upload(call: RepositoryCall): Json {
  const release = releaseNamed(call);
  const { state, repository } = call;
  // What GitHub does not keep in a name becomes a dot. Source: https://docs.github.com/rest/releases/assets#upload-a-release-asset
  const name = (call.query['name'] ?? '').replace(/[^\w.@+-]+/gu, '.').replace(/^\.+|\.+$/gu, '');
  if (release.assets.some((asset) => asset.name === name))
    throw invalid('ReleaseAsset', 'name already_exists', 'name');
  const asset: AssetState = {
    id: state.nextId(),
    name,
    label: call.query['label'] ?? null,
    contentType: call.contentType,
    uploader: call.caller.login,
    createdAt: state.clock.now(),
    bytes: Uint8Array.from(call.bytes),
  };
  release.assets.push(asset);
  return presentAsset(state, repository, { release, asset });
}

/** The data, or with `Accept: application/octet-stream` a redirect to the bytes. */
function readAsset(call: RepositoryCall): Reply {
  const id = numberOf(call, 'asset_id');
  for (const release of call.repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset === undefined) continue;
    if (!call.accept.includes('octet-stream'))
      return ok(presentAsset(call.state, call.repository, { release, asset }));
    const location = blobAddress(call.state, { bytes: asset.bytes, contentType: asset.contentType });
    return { status: 302, headers: { location } };
  }
  throw notFound();
}

export const releaseAssetOperations: RepositoryOperations = {
  'repos/upload-release-asset': { needs: 'contents=write', handle: (call) => created(upload(call)) },
  'repos/list-release-assets': {
    needs: 'contents=read',
    handle: (call) => {
      const release = releaseNamed(call);
      const page = call.page(release.assets);
      return ok(page.map((asset) => presentAsset(call.state, call.repository, { release, asset })));
    },
  },
  'repos/get-release-asset': { needs: 'contents=read', handle: readAsset },
};
