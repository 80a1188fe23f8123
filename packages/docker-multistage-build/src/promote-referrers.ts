// What others have attached to an image (signatures, attestations, SBOMs): found by the referrers API or by its tags.

import { readDescriptor } from '@headgate/image/descriptor';
import { type Json, object, objects, parseJson } from '@headgate/image/json';
import type { RemoteManifest } from '@headgate/kit/registry/registry';
import { type CopyReport, copyManifests } from './promote-copy.js';
import type { Remote } from './promote-remote.js';
import { readSource } from './promote-source.js';
import { endless, fallbackTag, listReferrers, mostReferrers, ociIndex } from './referrer-list.js';

/** Tags that cosign puts beside an image (its README, "Registry layout"), besides the fallback tag itself. */
const besides = ['.sig', '.att', '.sbom'] as const;

interface Carrying {
  readonly from: Remote;
  readonly to: Remote;
  readonly report: CopyReport;
}

/**
 * Carries what refers to each of the digests, and what refers to that.
 * @returns how many manifests were carried
 */
export async function carryReferrers(digests: readonly string[], carrying: Carrying): Promise<number> {
  const { from, to } = carrying;
  const done = new Set(digests);
  const left = [...digests];
  let carried = 0;
  for (let subject = left.shift(); subject !== undefined; subject = left.shift()) {
    const list = await listReferrers(from, subject);
    for (const entry of list) {
      const { digest } = readDescriptor(entry);
      if (done.has(digest)) continue;
      if (done.size - digests.length >= mostReferrers)
        throw endless(from, subject, `more than ${mostReferrers} manifests`);
      done.add(digest);
      const manifests = await readSource(from.registry, digest);
      if (manifests === null) continue;
      await copyManifests(manifests, carrying);
      left.push(digest);
      carried += 1;
    }
    if (list.length > 0) await listInTarget(to, subject, list);
    carried += await carryTags(subject, carrying);
  }
  return carried;
}

/** A target without the API gets the fallback tag, joined with what it lists already. */
async function listInTarget(to: Remote, subject: string, list: readonly Json[]): Promise<void> {
  const known = new Set((await listReferrers(to, subject)).map((entry) => entry['digest']));
  const missing = list.filter((entry) => !known.has(entry['digest']));
  if (missing.length === 0) return;
  const tag = fallbackTag(subject);
  const before = await to.registry.findManifest(tag);
  const manifests = [
    ...(before === null ? [] : objects(object(parseJson(before.bytes, tag))['manifests'])),
    ...missing,
  ];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests }));
  await to.registry.putManifest({ reference: tag, mediaType: ociIndex, bytes });
}

async function carryTags(subject: string, carrying: Carrying): Promise<number> {
  let carried = 0;
  for (const ending of besides) {
    const tag = `${fallbackTag(subject)}${ending}`;
    const found: RemoteManifest | null = await carrying.from.registry.findManifest(tag);
    if (found === null) continue;
    const manifests = await readSource(carrying.from.registry, found.digest);
    if (manifests === null) continue;
    await copyManifests(manifests, carrying);
    const { mediaType, bytes } = manifests.at(-1)?.manifest ?? found;
    await carrying.to.registry.putManifest({ reference: tag, mediaType, bytes });
    carried += 1;
  }
  return carried;
}
