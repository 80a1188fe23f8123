// The names under which record, entries and images travel: made of hashes and numbers alone.
import { canonicalJson, digestOf, sha256Hex } from './digest.js';
import { legHash as hashOfLeg } from './leg.js';
import type { StageName } from './record-parts.js';

/** The file inside a record's artifact, and the file of a release whose digest its tag names. */
export const recordFileName = 'headgate-record.json';

/** The file of a release with what its delivery to production added to that record. */
export const deliveryFileName = 'headgate-delivery.json';

/** 12 hex digits naming a leg in artifact names. */
export function legHash(stage: StageName, name: string): string {
  return hashOfLeg(stage, name);
}

/** `headgate-entry-<stage>-<leg>-<attempt>`; `leg` is the 12 hex digits. */
export function entryArtifactName(stage: StageName, leg: string, attempt: number): string {
  return `headgate-entry-${stage}-${leg}-${attempt}`;
}

/** `headgate-record-<first 16 hex digits of the tree>` */
export function recordArtifactName(tree: string): string {
  return `headgate-record-${tree.slice(0, 16)}`;
}

/** `headgate-image-<first 16 hex digits of the image key>` */
export function imageArtifactName(key: string): string {
  return `headgate-image-${key.slice(0, 16)}`;
}

export interface ImageKeyParts {
  readonly tree: string;
  readonly name: string;
  readonly target: string;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
}

/** 64 hex digits: what decides an image's content, whoever builds it. The order of platforms does not count. */
export function imageKey(parts: ImageKeyParts): string {
  const buildArgs = parts.buildArgs instanceof Map ? Object.fromEntries(parts.buildArgs) : parts.buildArgs;
  const { tree, name, target } = parts;
  const platforms = [...new Set(parts.platforms)].sort((a, b) => (a < b ? -1 : 1));
  return sha256Hex(
    canonicalJson({ schema: 1, tree, name, target, platforms, buildArgs: digestOf(buildArgs) }),
  );
}
