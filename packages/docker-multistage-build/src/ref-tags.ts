// `ref-tags`: the tags that the branch, release tag or pull request of the run stands for, beside those that were given.
import type { Deps } from '@headgate/kit/deps';
import { type ImageTags, imageTags } from '@headgate/kit/registry/image-tags';
import type { Inputs } from './inputs.js';
import type { PublishInputs } from './publish-inputs.js';

const tagPrefix = 'refs/tags/';

/**
 * The same inputs with the ref's tags on every image.
 * @throws ActionError `git-failed`, `github-permission` when a release's fellows cannot be listed: `latest` would be a guess
 */
export async function withRefTags(inputs: Inputs, deps: Deps): Promise<Inputs> {
  const { ref, sha } = deps.context;
  const releases = ref.startsWith(tagPrefix) ? await releasesOf(inputs, deps) : [];
  const own = imageTags({ ref, sha, releases });
  const shown = [...own.fixed, ...own.moving].join(', ') || 'none';
  deps.core.info(`Tags of ${ref === '' ? 'this run, which has no ref' : ref}: ${shown}`);
  const targets = inputs.targets.map((target) => ({ ...target, ...joined(target, own) }));
  return { ...inputs, ...joined(inputs, own), targets };
}

/** What was given comes first, and keeps its kind. */
function joined(
  { tags, movingTags }: Pick<PublishInputs, 'tags' | 'movingTags'>,
  { fixed, moving }: ImageTags,
): Pick<PublishInputs, 'tags' | 'movingTags'> {
  const given = new Set([...tags, ...movingTags]);
  const isNew = (tag: string): boolean => !given.has(tag);
  return { tags: [...tags, ...fixed.filter(isNew)], movingTags: [...movingTags, ...moving.filter(isNew)] };
}

/** Asked of the remote: a shallow checkout has no other tag than its own. */
async function releasesOf({ githubToken }: Inputs, deps: Deps): Promise<readonly string[]> {
  const { createGitRemote } = await import('@headgate/kit/git-remote');
  const { context, core, signal } = deps;
  const remote = createGitRemote(deps.run, {
    directory: context.workspace,
    serverUrl: context.serverUrl,
    token: githubToken ?? '',
    setSecret: core.setSecret,
    signal,
  });
  const references = await remote.references();
  return references.flatMap(({ name }) => (name.startsWith(tagPrefix) ? [name.slice(tagPrefix.length)] : []));
}
