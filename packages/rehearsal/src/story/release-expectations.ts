// Is it so around a release? Mail, replies to approvers, tags, releases, and what a branch contains.
import type { Wanted } from './expectation-schema.js';
import { matchesPattern } from './pattern.js';
import type { StoryWorld } from './world.js';

/** A mail that any step so far sent. */
export function judgeMail(wanted: Wanted<'mail'>, world: Pick<StoryWorld, 'mails'>): string | null {
  const { to, subject = '', text = '', times } = wanted;
  const mails = world.mails();
  const fitting = mails.filter(
    (mail) => mail.to.includes(to) && mail.subject.includes(subject) && mail.text.includes(text),
  ).length;
  if (times === undefined ? fitting > 0 : fitting === times) return null;
  const parts = [
    ...(subject === '' ? [] : [`the subject ${JSON.stringify(subject)}`]),
    ...(text === '' ? [] : [`the text ${JSON.stringify(text)}`]),
  ];
  const shown = mails.map((mail) => `to ${mail.to.join(', ')}: ${JSON.stringify(mail.subject)}`);
  const often = times === undefined ? '' : ` exactly ${times === 1 ? 'once' : `${times} times`}`;
  return `a mail to ${to}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`} was expected${often}; found ${shown.join('; ') || 'none'}`;
}

export async function judgeReply(
  { contains }: Wanted<'reply'>,
  { people }: Pick<StoryWorld, 'people'>,
): Promise<string | null> {
  const replies = await people.replies();
  if (replies.some((reply) => reply.includes(contains))) return null;
  const shown = replies.map((reply) => JSON.stringify(reply.trim().slice(0, 300)));
  return `a reply with ${JSON.stringify(contains)} was expected on the request; found ${shown.join(' | ') || 'none'}`;
}

/** An annotated tag at the tip of the branch. */
export async function judgeTag(
  { name, on }: Wanted<'tag'>,
  { references }: Pick<StoryWorld, 'references'>,
): Promise<string | null> {
  const [tag, branch] = [await references.find('tag', name), await references.find('branch', on)];
  if (branch === null) return `the tag ${name} was expected on ${on}; there is no such branch`;
  if (tag === null) return `the tag ${name} was expected on ${on}; there is no such tag`;
  if (!tag.annotated) return `the tag ${name} was expected to be annotated, it is not`;
  return tag.commit === branch.commit
    ? null
    : `the tag ${name} was expected on ${on} (${branch.commit}), it is on ${tag.commit}`;
}

export async function judgeNotTagged(
  { name }: Wanted<'not-tagged'>,
  { references }: Pick<StoryWorld, 'references'>,
): Promise<string | null> {
  const tag = await references.find('tag', name);
  return tag === null ? null : `no tag ${name} was expected, it is on ${tag.commit}`;
}

export async function judgeRelease(
  wanted: Wanted<'release'>,
  { people }: Pick<StoryWorld, 'people'>,
): Promise<string | null> {
  const releases = await people.releases();
  const release = releases.find(({ tag }) => tag === wanted.tag);
  if (release === undefined)
    return `a release of ${wanted.tag} was expected; found ${releases.map(({ tag }) => tag).join(', ') || 'none'}`;
  if (release.draft !== wanted.draft)
    return `the release of ${wanted.tag} was expected ${wanted.draft ? 'as a draft' : 'to be published'}, it is ${release.draft ? 'a draft' : 'published'}`;
  const { asset } = wanted;
  if (asset === undefined || release.assets.some((name) => matchesPattern(name, asset))) return null;
  return `the release of ${wanted.tag} was expected with the asset ${asset}; found ${release.assets.join(', ') || 'none'}`;
}

export async function judgeAncestor(
  { branch, of }: Wanted<'ancestor'>,
  { references }: Pick<StoryWorld, 'references'>,
): Promise<string | null> {
  if (await references.isAncestor(branch, of)) return null;
  return `${branch} was expected to be an ancestor of ${of}, it is not`;
}

export async function judgeNotAncestor(
  { branch, of }: Wanted<'not-ancestor'>,
  { references }: Pick<StoryWorld, 'references'>,
): Promise<string | null> {
  if (!(await references.isAncestor(branch, of))) return null;
  return `${branch} was expected to have what ${of} has not, ${of} contains all of it`;
}
