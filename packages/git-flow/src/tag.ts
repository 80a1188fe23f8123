// Mode tag: the version on the merge commit and on the images that staging has shown.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { code, heading, table } from '@headgate/kit/summary';
import { recordLine } from '@headgate/kit/tag-record';
import { type FlowToken, openFlowToken } from './app-token.js';
import { readGivenDecision } from './given-decision.js';
import { type TaggedImage, tagImages } from './image-tags.js';
import type { TagInputs } from './release-inputs.js';
import { checkTag, createTag, findTag, tagName } from './release-tag.js';

/**
 * Both are looked at before either is made. The images come first, so that the tag of the commit stands for all of it;
 * called again after a stop in between, it goes on where it stopped.
 * @throws {ActionError} `tag-conflict`, `tag-refused`, `image-tag-conflict`, `image-missing`, `record-mismatch`
 */
export async function tagRun(inputs: TagInputs, deps: Deps): Promise<ActionResult> {
  const { version } = inputs;
  if (version === '') throw new InputError('version', 'X.Y.Z was expected, nothing was found', versionHint);
  const decision = await readGivenDecision(inputs.decision);
  const github = await deps.connectGitHub(inputs.githubToken);
  const record = await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest);
  const name = tagName(version);
  const before = await findTag(github, name);
  if (before !== null) checkTag(before, decision.commit);

  const access = { ...inputs, usernameOf: (host: string) => usernameOf(host, inputs, decision) };
  const images = await tagImages(record.images, version, { access, deps });
  const pusher = before === null ? await tagCommit(inputs, decision, deps) : null;
  deps.core.info(`${name} is on ${decision.commit}${before === null ? '' : ', as it was'}`);
  await deps.core.appendSummary(
    `${summary(name, decision, images)}${pusher === null ? '' : pusherText[pusher]}`,
  );
  return { outputs: { tag: name }, entry: { parts: {} } };
}

/** By the App where there is one: tags of releases are protected from everybody else. */
async function tagCommit(inputs: TagInputs, { commit }: Decision, deps: Deps): Promise<FlowToken['owner']> {
  const { version, recordDigest } = inputs;
  const flow = await openFlowToken(inputs, deps);
  try {
    const message = `Release ${version}\n\n${recordLine(recordDigest)}`;
    await createTag(flow.github, { name: tagName(version), commit, message });
    return flow.owner;
  } finally {
    await flow.close();
  }
}

const pusherText = {
  app: 'Tagged by the App of FLOW_SECRETS.\n\n',
  job: "Tagged with the job's own token.\n\n",
} as const;

const versionHint = `Pass version: \${{ needs.evidence.outputs.version }}, which mode evidence found.`;

/** The input for its registry; else the account that the targets pull with, which headgate.yml names once for both. */
function usernameOf(
  host: string,
  { registry, registryUsername }: TagInputs,
  { targets }: Decision,
): string | null {
  if (registryUsername !== '' && (registry === '' || registry === host)) return registryUsername;
  const names = targets.map(({ settings }) => settings['registry-username']);
  return names.find((found): found is string => typeof found === 'string' && found !== '') ?? null;
}

function summary(name: string, { application, commit }: Decision, images: readonly TaggedImage[]): string {
  const rows = images.map(({ reference, digest, made }) => [
    code(reference),
    code(digest),
    made ? 'made' : 'was there',
  ]);
  const title = heading(2, `${application}: ${name}`);
  const place = `On ${code(commit)}.\n\n`;
  return images.length === 0 ? title + place : title + place + table(['image', 'digest', 'tag'], rows);
}
