// Promotion: what was built and gated gets further tags, here or in another repository, and stays the same bytes.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { jsonOutput } from '@headgate/kit/json-output';
import { code, heading, table } from '@headgate/kit/summary';
import { failure } from './failures.js';
import { identityOfManifest, identityOutputs } from './image-outputs.js';
import type { Inputs } from './inputs.js';
import { createJournal, type Journal } from './journal.js';
import { type CopyReport, copyManifests } from './promote-copy.js';
import { carryReferrers } from './promote-referrers.js';
import { openRemote, type Remote } from './promote-remote.js';
import { parseSource, readSource, type SourceManifest, type SourceReference } from './promote-source.js';
import { type Place, tagEverywhere } from './publication.js';
import { checkFixedTags } from './publish.js';
import type { Destination } from './publish-inputs.js';

/**
 * Builds nothing. The digest of `image-ref` gets the tags, in `image` and in every repository that `tags` names.
 * @throws ActionError `image-missing`, `tag-conflict`, `push-mismatch`, and the registry's codes
 */
export async function promote(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const source = parseSource(inputs.imageRef, inputs.image);
  const destinations = destinationsOf(inputs, source);
  if (inputs.dryRun) return await sayOnly(inputs, { source, destinations }, deps);
  const journal = createJournal(inputs.leg, deps.clock);
  const from = await openRemote(source.image, inputs, deps);
  const manifests = await journal.time('read', () => readSource(from.registry, source.digest));
  const root = manifests?.at(-1)?.manifest;
  if (manifests === null || root === undefined) throw missing(source);
  const targets: { readonly remote: Remote; readonly place: Place }[] = [];
  for (const { image, ...tags } of destinations) {
    const remote = image.name === source.image.name ? from : await openRemote(image, inputs, deps);
    await checkFixedTags(tags.fixed, source.digest, remote.registry);
    targets.push({ remote, place: { registry: remote.registry, tags } });
  }
  for (const { remote } of targets)
    if (remote !== from) await carry(manifests, { from, to: remote }, { journal, deps });
  const pushed = targets.map(({ place }) => ({ place, manifest: root }));
  const tags = await tagEverywhere(pushed, { journal, core: deps.core });
  const name = pushed[0]?.place.registry.image.name ?? source.image.name;
  await deps.core.appendSummary(summaryOf(inputs.leg, { source, name, tags }));
  return {
    outputs: {
      'image-ref': `${name}@${source.digest}`,
      digest: source.digest,
      tags: tags.join('\n'),
      ...identityOutputs(identityOfManifest(root, []), []),
    },
    entry: { name: inputs.leg, parts: { timings: journal.timings } },
  };
}

/** `image` first, the source's own repository where none is given. @throws InputError when there is nothing to do */
function destinationsOf(inputs: Inputs, source: SourceReference): readonly Destination[] {
  const { tags, movingTags, elsewhere } = inputs;
  const first = { image: inputs.image ?? source.image, fixed: tags, moving: movingTags };
  const count = tags.length + movingTags.length + elsewhere.length;
  if (count > 0 || first.image.name !== source.image.name) return [first, ...elsewhere];
  throw new InputError(
    'tags',
    'mode is promote, and neither a tag nor another repository was named',
    'Give `tags`, `moving-tags` or `image`.',
  );
}

async function carry(
  manifests: readonly SourceManifest[],
  { from, to }: { readonly from: Remote; readonly to: Remote },
  { journal, deps }: { readonly journal: Journal; readonly deps: Deps },
): Promise<void> {
  const report: CopyReport = { mounted: 0, present: 0, carried: 0 };
  const digests = manifests.map(({ manifest }) => manifest.digest);
  await journal.time('copy', () => copyManifests(manifests, { from, to, report }));
  const referrers = await journal.time('referrers', () => carryReferrers(digests, { from, to, report }));
  deps.core.info(
    `${to.registry.image.name} has ${digests.at(-1)}: ${report.mounted} blobs mounted, ${report.present} were there, ${report.carried} carried; ${referrers} referrers carried.`,
  );
}

interface Intent {
  readonly source: SourceReference;
  readonly destinations: readonly Destination[];
}

async function sayOnly(inputs: Inputs, { source, destinations }: Intent, deps: Deps): Promise<ActionResult> {
  const tags = destinations.flatMap(({ image, fixed, moving }) => [
    ...fixed.map((tag) => ({ reference: `${image.name}:${tag}`, moves: false })),
    ...moving.map((tag) => ({ reference: `${image.name}:${tag}`, moves: true })),
  ]);
  const text = tags.map(({ reference }) => reference);
  for (const reference of text) deps.core.info(`${source.image.name}@${source.digest} would be ${reference}`);
  await deps.core.appendSummary(
    summaryOf(`${inputs.leg} (dry run)`, { source, name: source.image.name, tags: text }),
  );
  return { outputs: { plan: jsonOutput({ mode: 'promote', ...source, tags }) } };
}

interface Promoted {
  readonly source: SourceReference;
  readonly name: string;
  readonly tags: readonly string[];
}

function summaryOf(leg: string, { source, name, tags }: Promoted): string {
  const rows = [
    ['From', code(`${source.image.name}@${source.digest}`)],
    ['To', code(name)],
    ['Tags', tags.length === 0 ? 'none' : tags.map(code).join(', ')],
  ];
  return [heading(3, `Image ${leg} promoted`), table(['', ''], rows)].join('');
}

function missing({ image, digest }: SourceReference): Error {
  return failure(
    'image-missing',
    `${image.name} has no ${digest}.`,
    'Give the output image-ref of the build, and an account that may read it.',
  );
}
