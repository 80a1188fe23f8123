// The tag of a release on the remote: an annotated one, on the merge commit.
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { dataOrNull, statusOf } from '@headgate/kit/octokit-errors';
import { recordNamedBy } from '@headgate/kit/tag-record';
import { failure } from './failures.js';

export interface ReleaseTag {
  readonly name: string;
  /** The commit behind it. */
  readonly commit: string;
  /** `sha256:…` of the record that its message names; null for a light one, or one that people made. */
  readonly record: string | null;
}

interface Reference {
  readonly object: { readonly type: string; readonly sha: string };
}

/** `v1.2.3` */
export function tagName(version: string): string {
  return `v${version}`;
}

/** The tag on the remote; null when it is absent. Needs `contents: read`. */
export async function findTag(github: GitHub, name: string): Promise<ReleaseTag | null> {
  const object = await findReference(github, name);
  if (object === null) return null;
  return { name, ...(await peel(github, object)) };
}

/** @throws {ActionError} `tag-conflict` */
export function checkTag(tag: ReleaseTag, commit: string): void {
  if (tag.commit === commit) return;
  const message = `the tag ${tag.name} was expected to be absent or on ${commit}; it is on ${tag.commit}`;
  const hint = `A released version never moves: release the next number. If ${tag.name} was pushed by mistake, delete it, then re-run the failed jobs.`;
  throw failure('tag-conflict', message, hint);
}

export interface NewTag extends Pick<ReleaseTag, 'name' | 'commit'> {
  readonly message: string;
}

/**
 * Makes the annotated tag. Killed in between it leaves an object that nobody sees; called again it finds its own tag.
 * Needs `contents: write`.
 * @returns whether it was made now
 * @throws {ActionError} `tag-conflict`, `tag-refused`, `github-permission`
 */
export async function createTag(github: GitHub, { name, commit, message }: NewTag): Promise<boolean> {
  const before = await findTag(github, name);
  if (before !== null) {
    checkTag(before, commit);
    return false;
  }
  const annotated = { tag: name, message, object: commit, type: 'commit' };
  const { data } = await github.request<{ readonly sha: string }>(
    'POST /repos/{owner}/{repo}/git/tags',
    annotated,
  );
  try {
    await github.request('POST /repos/{owner}/{repo}/git/refs', { ref: `refs/tags/${name}`, sha: data.sha });
    return true;
  } catch (error) {
    const now = await findTag(github, name);
    if (now === null) throw refused(name, error);
    // Another run, or an answer that got lost.
    checkTag(now, commit);
    return true;
  }
}

async function findReference(github: GitHub, name: string): Promise<Reference['object'] | null> {
  const route = 'GET /repos/{owner}/{repo}/git/ref/tags/{tag}';
  const found = await dataOrNull(github.request<Reference>(route, { tag: name }));
  return found?.object ?? null;
}

/** Deeper than anybody nests tags. */
const deepest = 5;

async function peel(
  github: GitHub,
  object: Reference['object'],
): Promise<Pick<ReleaseTag, 'commit' | 'record'>> {
  let found = object;
  let record: string | null = null;
  for (let depth = 0; found.type === 'tag' && depth < deepest; depth += 1) {
    const route = 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}';
    const { data } = await github.request<Reference & { readonly message: string }>(route, {
      tag_sha: found.sha,
    });
    record ??= recordNamedBy(data.message);
    found = data.object;
  }
  return { commit: found.sha, record };
}

/** 422 is what rules answer; everything else says itself what is wrong. */
function refused(name: string, error: unknown): unknown {
  if (!(error instanceof ActionError) || statusOf(error) !== 422) return error;
  const message = `the tag ${name} was expected to be made, GitHub refused it: ${error.message}`;
  const hint =
    'Let the App of FLOW_SECRETS, or GitHub Actions, bypass the ruleset for tags (Settings → Rules), then re-run the failed jobs.';
  return failure('tag-refused', message, hint);
}
