// Operations on the files of a release.
import { numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { Json } from '../present/forms.js';
import { presentAsset } from '../present/release.js';
import type { AssetState, ReleaseState } from '../records.js';
import { created, invalid, noContent, notFound, ok, type Reply } from '../reply.js';
import { blobAddress } from '../signed-blobs.js';
import { releaseNamed, seesDrafts } from './releases.js';

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

interface Found {
  readonly release: ReleaseState;
  readonly asset: AssetState;
}

/** Files of drafts are seen by those who see the drafts. */
function assetNamed(call: RepositoryCall): Found {
  const id = numberOf(call, 'asset_id');
  for (const release of call.repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset !== undefined && (!release.draft || seesDrafts(call))) return { release, asset };
  }
  throw notFound();
}

/** The data, or with `Accept: application/octet-stream` a redirect to the bytes. */
function readAsset(call: RepositoryCall): Reply {
  const { release, asset } = assetNamed(call);
  if (!call.accept.includes('octet-stream'))
    return ok(presentAsset(call.state, call.repository, { release, asset }));
  const location = blobAddress(call.state, { bytes: asset.bytes, contentType: asset.contentType });
  return { status: 302, headers: { location } };
}

function renameAsset(call: RepositoryCall): Json {
  const { release, asset } = assetNamed(call);
  const name = textOf(call.body, 'name') ?? asset.name;
  if (release.assets.some((other) => other !== asset && other.name === name))
    throw invalid('ReleaseAsset', 'name already_exists', 'name');
  asset.name = name;
  asset.label = textOf(call.body, 'label') ?? asset.label;
  return presentAsset(call.state, call.repository, { release, asset });
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
  'repos/update-release-asset': { needs: 'contents=write', handle: (call) => ok(renameAsset(call)) },
  'repos/delete-release-asset': {
    needs: 'contents=write',
    handle: (call) => {
      const { release, asset } = assetNamed(call);
      release.assets.splice(release.assets.indexOf(asset), 1);
      return noContent();
    },
  },
};
