// An image that another run made from the same inputs: believed with evidence, used only while the registry has it.
import type { Deps } from '@headgate/kit/deps';
import { findImageEvidence, type ImageEvidence } from '@headgate/kit/evidence';
import type { Inputs } from './inputs.js';
import type { Registry, RemoteManifest } from './registry.js';

export interface Reusable {
  readonly evidence: ImageEvidence;
  readonly manifest: RemoteManifest;
}

/** Looks for evidence of the image key and for its digest in the registry; null means build, and the log says why. */
export async function findReusable(inputs: Inputs, registry: Registry, deps: Deps): Promise<Reusable | null> {
  if (inputs.imageKey === null || inputs.githubToken === null) return null;
  const github = await deps.connectGitHub(inputs.githubToken);
  const { evidence, refused } = await findImageEvidence({
    github,
    context: deps.context,
    key: inputs.imageKey,
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
