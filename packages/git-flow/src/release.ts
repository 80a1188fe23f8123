// Mode release: a draft as soon as the tag stands, published once production runs, with the record attached.
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { canonicalJson } from '@headgate/kit/digest';
import { InputError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import type { DeliveryRecord } from '@headgate/kit/record';
import { recordFileName } from '@headgate/kit/record-names';
import { link } from '@headgate/kit/summary';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';
import { mergedChanges } from './merged-changes.js';
import { readProject } from './project.js';
import type { ReleaseInputs } from './release-inputs.js';
import { releaseNotes } from './release-notes.js';
import { attachFile, createDraft, findRelease, publishRelease, type Release } from './release-page.js';
import { checkTag, findTag, tagName } from './release-tag.js';

/**
 * Goes on where an earlier call stopped; the text of a release that is there already is left as people made it, and a
 * published one is never turned back into a draft.
 * @throws {ActionError} `tag-missing`, `tag-conflict`, `record-mismatch`
 */
export async function releaseRun(inputs: ReleaseInputs, deps: Deps): Promise<ActionResult> {
  const { version, draft } = inputs;
  if (version === '') throw new InputError('version', 'X.Y.Z was expected, nothing was found', versionHint);
  const { commit } = readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest);
  await requireTag(github, tagName(version), commit);

  const found = await findRelease(github, tagName(version));
  const release = found ?? (await makeDraft(github, { inputs, commit, record, deps }));
  const done = draft && !release.draft ? release : await complete(github, release, { inputs, record, deps });

  const words = done.draft ? 'is drafted' : 'is published';
  deps.core.info(`${tagName(version)} ${words}: ${done.html_url}`);
  await deps.core.appendSummary(`${link(`Release ${tagName(version)}`, done.html_url)} ${words}.\n\n`);
  return { outputs: { 'release-url': done.html_url }, entry: { parts: {} } };
}

const versionHint = `Pass version: \${{ needs.evidence.outputs.version }}, which mode evidence found.`;

/** Publishing a release without a tag would make one: a light one, wherever the default branch is. */
async function requireTag(github: GitHub, name: string, commit: string): Promise<void> {
  const tag = await findTag(github, name);
  if (tag !== null) return checkTag(tag, commit);
  throw failure(
    'tag-missing',
    `the tag ${name} was expected on ${commit}, there is none`,
    'Run mode tag before mode release.',
  );
}

interface Material {
  readonly inputs: ReleaseInputs;
  readonly record: DeliveryRecord;
  readonly deps: Deps;
}

async function makeDraft(
  github: GitHub,
  { inputs, commit, record, deps }: Material & { readonly commit: string },
): Promise<Release> {
  const { branches } = readProject(deps.context.workspace, inputs.configuration).configuration;
  const changes = await mergedChanges(github, { commit, branches }, deps);
  const tag = tagName(inputs.version);
  return createDraft(github, { tag, name: tag, body: releaseNotes(record, changes) });
}

async function complete(
  github: GitHub,
  release: Release,
  { inputs, record, deps }: Material,
): Promise<Release> {
  const file = { name: recordFileName, text: canonicalJson(record) };
  await attachFile(github, release, { file, core: deps.core });
  return inputs.draft ? release : publishRelease(github, release);
}
