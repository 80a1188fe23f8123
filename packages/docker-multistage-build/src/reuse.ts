// An image that another run made from the same inputs: believed with evidence, used only while the registry has it.
import type { Deps } from '@headgate/kit/deps';
import { findImageEvidence, type ImageEvidence } from '@headgate/kit/evidence';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import { type ImageIdentity, identityOfManifest } from './image-outputs.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { releasePushed } from './publication.js';
import type { Delivered } from './report.js';
import type { Signer } from './signer.js';

/**
 * Takes over the image of an earlier run and puts the tags on it: nothing is built.
 * @returns null when the image must be built
 * @throws ActionError `tag-conflict` and the registry's codes
 */
export async function takeOver(
  inputs: Inputs,
  registry: Registry,
  tools: ReuseTools,
): Promise<TakenOver | null> {
  return (await findEarlier(inputs, registry, tools))?.tag() ?? null;
}

export interface ReuseTools {
  readonly journal: Journal;
  readonly deps: Deps;
  readonly signer: Signer | null;
}

export interface EarlierImage {
  readonly digest: string;
  /** Signs it where a key is given, and puts the tags on it. @throws ActionError `tag-conflict` and the registry's codes */
  tag(): Promise<TakenOver>;
}

/** Looks for the image of an earlier run; touches nothing. Null when the image must be built. */
export async function findEarlier(
  inputs: Inputs,
  registry: Registry,
  { journal, deps, signer }: ReuseTools,
): Promise<EarlierImage | null> {
  const { imageKey: key, githubToken: token, elsewhere } = inputs;
  // Other repositories may not have it.
  if (key === null || token === null || elsewhere.length > 0) return null;
  const found = await journal.time('look for evidence', () => findReusable({ key, token }, registry, deps));
  if (found === null) return null;
  const tags = { fixed: inputs.tags, moving: inputs.movingTags };
  const tag = async (): Promise<TakenOver> => {
    const { image, runUrl } = found.evidence;
    const pushed = [{ place: { registry, tags }, manifest: found.manifest }];
    const published = await releasePushed(pushed, { journal, core: deps.core, signer });
    deps.core.notice(
      `${inputs.leg} was not rebuilt: ${image.digest} was built from the same inputs by ${runUrl}`,
    );
    const delivered = {
      ...image,
      leg: inputs.leg,
      name: registry.image.name,
      reference: `${registry.image.name}@${image.digest}`,
      ...published,
      verdict: image.verdict ?? null,
      reusedFrom: image.reusedFrom ?? runUrl,
    };
    return { image: delivered, identity: identityOfManifest(found.manifest, image.platforms) };
  };
  return { digest: found.manifest.digest, tag };
}

export interface TakenOver {
  readonly image: Delivered;
  readonly identity: ImageIdentity;
}

interface Reusable {
  readonly evidence: ImageEvidence;
  readonly manifest: RemoteManifest;
}

/** Looks for evidence of the image key and for its digest in the registry; null means build, and the log says why. */
async function findReusable(
  wanted: { readonly key: string; readonly token: string },
  registry: Registry,
  deps: Deps,
): Promise<Reusable | null> {
  const github = await deps.connectGitHub(wanted.token);
  const { evidence, refused } = await findImageEvidence({
    github,
    context: deps.context,
    key: wanted.key,
  });
  for (const { reason } of refused) deps.core.info(`No image is taken over: ${reason}.`);
  if (evidence === null) return null;
  const { image } = evidence;
  if (image.reference !== `${registry.image.name}@${image.digest}`) {
    deps.core.info(
      `The image of run ${evidence.runId} was published as ${image.reference ?? 'nothing'}, not under ${registry.image.name}: building.`,
    );
    return null;
  }
  const manifest = await registry.findManifest(image.digest);
  if (manifest?.digest !== image.digest) {
    deps.core.info(
      `${registry.image.name} no longer has ${image.digest} of run ${evidence.runId}: building.`,
    );
    return null;
  }
  return { evidence, manifest };
}
