// An image's configuration: what its layers unpack to, and the instruction that made each.
import { isDigest } from '@headgate/kit/registry/reference';
import { failure } from './failures.js';
import type { ImageManifest } from './image-manifest.js';
import { type Json, object, objects, parseJson, text } from './json.js';

export interface ImageConfig {
  /** `sha256:…` of each layer's archive, lowest first: as many as the manifest has layers. */
  readonly diffIds: readonly string[];
  /** The instruction behind each layer; empty where the history does not tell. */
  readonly createdBy: readonly string[];
  /** The whole document: `config` has User, Env, Labels; `history` all instructions. */
  readonly document: Json;
}

/** @throws ActionError `layout-invalid` when it is none, `diff-id-mismatch` when it describes other layers */
export function readConfig(bytes: Uint8Array, { config, layers }: ImageManifest): ImageConfig {
  const document = object(parseJson(bytes, config.digest));
  const named = object(document['rootfs'])['diff_ids'];
  const diffIds: readonly unknown[] = Array.isArray(named) ? named : [];
  if (!diffIds.every((one): one is string => isDigest(one))) {
    throw failure('layout-invalid', `The configuration ${config.digest} names something else than digests.`);
  }
  if (diffIds.length !== layers.length) {
    throw failure(
      'diff-id-mismatch',
      `The configuration ${config.digest} names ${diffIds.length} layers, its manifest ${layers.length}.`,
    );
  }
  return { diffIds, createdBy: instructions(objects(document['history']), layers.length), document };
}

/** History has a line for every instruction; those that made no layer say so. */
function instructions(history: readonly Json[], layers: number): readonly string[] {
  const made = history.filter((line) => line['empty_layer'] !== true);
  // A history that counts otherwise cannot say which layer it means.
  if (made.length !== layers) return Array.from({ length: layers }, () => '');
  return made.map((line) => text(line['created_by']));
}
