// What a run has left for others to see: artifacts, entries, the registry's contents.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type DeliveryRecord, type Entry, parseEntry, parseRecord } from '@headgate/kit/record';
import { unzipSync } from 'fflate';
import type { RunState } from '../../src/model.js';
import type { RegistryPart } from '../../src/parts/registry.js';
import { jobOf, type Scene } from './scene.js';

/** Name → texts of the files inside, of every artifact of the run. */
export function artifacts(scene: Pick<Scene, 'host'>, run: RunState): ReadonlyMap<string, readonly string[]> {
  const found = scene.host.artifacts({ repository: run.repository, runId: run.id });
  return new Map(
    found.map(({ name, zip }) => [
      name,
      Object.values(unzipSync(zip)).map((bytes) => Buffer.from(bytes).toString('utf8')),
    ]),
  );
}

function newest(scene: Pick<Scene, 'host'>, run: RunState, pattern: RegExp): unknown {
  const all = artifacts(scene, run);
  const [text] = [...all].findLast(([name]) => pattern.test(name))?.[1] ?? [];
  if (text === undefined) throw new Error(`no artifact ${pattern.source}: ${[...all.keys()].join(', ')}`);
  return JSON.parse(text);
}

/** The newest entry of a stage. */
export const entryOf = (scene: Pick<Scene, 'host'>, run: RunState, stage: string): Entry =>
  parseEntry(newest(scene, run, new RegExp(`^headgate-entry-${stage}-`)));

export const recordOf = (scene: Pick<Scene, 'host'>, run: RunState): DeliveryRecord =>
  parseRecord(newest(scene, run, /^headgate-record-/));

/** What `decide` decided. */
export const decisionOf = (run: RunState): unknown =>
  JSON.parse(String(jobOf(run, 'decide').outputs['decision']));

const accept = ['application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json'].join(
  ', ',
);

export interface RegistryRequest {
  readonly path: string;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly type?: string;
}

/** Any request to the registry with its account. */
export async function askRegistry(registry: RegistryPart, request: RegistryRequest): Promise<Response> {
  const account = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  const { path, method = 'GET', body, type } = request;
  return fetch(path.startsWith('http') ? path : `http://${registry.host}/v2/${path}`, {
    method,
    headers: {
      authorization: `Basic ${account}`,
      accept,
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** Every repository that the registry knows of, manifests or not. */
export async function repositories(registry: RegistryPart): Promise<readonly string[]> {
  const answer = (await (await askRegistry(registry, { path: '_catalog' })).json()) as {
    repositories: string[];
  };
  return answer.repositories;
}

/** Puts an image without content under a tag. Returns its digest. */
export async function putEmptyImage(registry: RegistryPart, image: string, tag: string): Promise<string> {
  const bytes = Buffer.from('{}');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const begun = await askRegistry(registry, { path: `${image}/blobs/uploads/`, method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', `http://${registry.host}`);
  place.searchParams.set('digest', digest);
  const type = 'application/octet-stream';
  await askRegistry(registry, { path: place.href, method: 'PUT', body: bytes, type });
  const media = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: bytes.length };
  const body = JSON.stringify({ schemaVersion: 2, mediaType: media, config, layers: [] });
  const put = await askRegistry(registry, {
    path: `${image}/manifests/${tag}`,
    method: 'PUT',
    body,
    type: media,
  });
  if (put.status !== 201) throw new Error(`the registry answered ${put.status}: ${await put.text()}`);
  return put.headers.get('docker-content-digest') ?? '';
}

interface Manifest {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
}

/** Manifests, configuration and unpacked layers behind a reference, as one text. */
export async function imageContents(
  registry: RegistryPart,
  image: string,
  reference: string,
): Promise<string> {
  const text = await (await askRegistry(registry, { path: `${image}/manifests/${reference}` })).text();
  const { manifests = [], config, layers = [] } = JSON.parse(text) as Manifest;
  const children = await Promise.all(manifests.map(({ digest }) => imageContents(registry, image, digest)));
  const blobs = await Promise.all(
    [...(config === undefined ? [] : [config]), ...layers].map(async ({ digest }) => {
      const bytes = Buffer.from(
        await (await askRegistry(registry, { path: `${image}/blobs/${digest}` })).arrayBuffer(),
      );
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
    }),
  );
  return [text, ...children, ...blobs].join('\n');
}
