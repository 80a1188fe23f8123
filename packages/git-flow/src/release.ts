// Mode release: a draft as soon as the tag stands, published once production runs, with the record attached.
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { canonicalJson } from '@headgate/kit/digest';
import { InputError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import type { DeliveryRecord } from '@headgate/kit/record';
import { deliveryFileName, recordFileName } from '@headgate/kit/record-names';
import { link } from '@headgate/kit/summary';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';
import { mergedChanges } from './merged-changes.js';
import { readProject } from './project.js';
import type { ReleaseInputs } from './release-inputs.js';
import { releaseNotes } from './release-notes.js';
import {
  attachFile,
  createDraft,
  findAsset,
  findRelease,
  publishRelease,
  type Release,
  requireFile,
} from './release-page.js';
import { checkTag, findTag, tagName } from './release-tag.js';

/**
 * Goes on where an earlier call stopped; the text of a release that is there already is left as people made it, and a
 * published one is never turned back into a draft.
 * @throws {ActionError} `tag-missing`, `tag-conflict`, `record-mismatch`, `asset-missing`
 */
export async function releaseRun(inputs: ReleaseInputs, deps: Deps): Promise<ActionResult> {
  const { version, draft } = inputs;
  if (version === '') throw new InputError('version', 'X.Y.Z was expected, nothing was found', versionHint);
  const { commit } = await readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest);
  const named = await requireTag(github, tagName(version), commit);

  const found = await findRelease(github, tagName(version));
  const release = found ?? (await makeDraft(github, { inputs, commit, record, named, deps }));
  const wasDraft = release.draft;
  const done =
    draft && !wasDraft ? release : await complete(github, release, { inputs, record, named, deps });

  const words = done.draft ? 'is drafted' : 'is published';
  deps.core.info(`${tagName(version)} ${words}: ${done.html_url}`);
  await deps.core.appendSummary(`${link(`Release ${tagName(version)}`, done.html_url)} ${words}.\n\n`);
  const published = wasDraft && !done.draft;
  return { outputs: { 'release-url': done.html_url, published: String(published) }, entry: { parts: {} } };
}

const versionHint = `Pass version: \${{ needs.evidence.outputs.version }}, which mode evidence found.`;

/**
 * Publishing a release without a tag would make one: a light one, wherever the default branch is.
 * @returns `sha256:…` of the record that the tag names
 */
async function requireTag(github: GitHub, name: string, commit: string): Promise<string | null> {
  const tag = await findTag(github, name);
  if (tag !== null) {
    checkTag(tag, commit);
    return tag.record;
  }
  throw failure(
    'tag-missing',
    `the tag ${name} was expected on ${commit}, there is none`,
    'Run mode tag before mode release.',
  );
}

interface Material {
  readonly inputs: ReleaseInputs;
  readonly record: DeliveryRecord;
  /** Digest of the record that the tag names. */
  readonly named: string | null;
  readonly deps: Deps;
}

async function makeDraft(
  github: GitHub,
  { inputs, commit, record, deps }: Material & { readonly commit: string },
): Promise<Release> {
  const { branches } = readProject(deps.context.workspace, inputs.configuration).configuration;
  const changes = await mergedChanges(github, { commit, branches, token: inputs.githubToken }, deps);
  const tag = tagName(inputs.version);
  return createDraft(github, { tag, name: tag, body: releaseNotes(record, changes) });
}

async function complete(
  github: GitHub,
  release: Release,
  { inputs, record, named, deps }: Material,
): Promise<Release> {
  const { core } = deps;
  const text = canonicalJson(record);
  if (!inputs.draft) {
    const file = { name: deliveryFileName, text };
    await attachFile(github, release, { file, core });
    await requireFile(github, release, file);
    return publishRelease(github, release);
  }
  // What the tag names stays: after "re-run all jobs" this attempt's record is another one.
  if (named !== null && named !== inputs.recordDigest && (await holds(github, release, named)))
    return release;
  if (named !== inputs.recordDigest) core.warning(unnamed(inputs, named), { title: 'git-flow' });
  const file = { name: recordFileName, text };
  await attachFile(github, release, { file, core });
  await requireFile(github, release, file);
  return release;
}

async function holds(github: GitHub, release: Release, digest: string): Promise<boolean> {
  return (await findAsset(github, release, recordFileName))?.digest === digest;
}

function unnamed({ version, recordDigest }: ReleaseInputs, named: string | null): string {
  const tag = tagName(version);
  return `the tag ${tag} names the record ${named ?? 'of nothing'}, this run has ${recordDigest}: once its artifacts have ended, ${tag} proves nothing by itself`;
}
