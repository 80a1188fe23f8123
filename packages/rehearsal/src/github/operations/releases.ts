// Operations on releases: drafts, publishing (which makes the tag), lookups.
import { raise } from '../events.js';
import { findCommit, resolveObject } from '../git-reading.js';
import { flagOf, numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { Json } from '../present/forms.js';
import { presentRelease } from '../present/release.js';
import type { ReleaseState } from '../records.js';
import { refsChanged } from '../ref-changes.js';
import { created, invalid, noContent, notFound, ok } from '../reply.js';
import { inOrder } from '../state.js';
import { actorOf } from './issue-changes.js';

export function releaseNamed(call: RepositoryCall): ReleaseState {
  const release = call.repository.releases.get(numberOf(call, 'release_id'));
  // Drafts are seen by those who can write. Source: https://docs.github.com/rest/releases/releases#list-releases
  if (release === undefined || (release.draft && !seesDrafts(call))) throw notFound();
  return release;
}

export const seesDrafts = (call: RepositoryCall): boolean =>
  call.caller.level(call.repository, 'contents') === 'write';

/** Makes the tag if it does not exist, then raises what publishing raises. */
async function publish(call: RepositoryCall, release: ReleaseState): Promise<void> {
  const { state, repository } = call;
  const { git } = repository;
  const ref = `refs/tags/${release.tag}`;
  const known = await resolveObject(git, ref);
  const sha = known ?? (await findCommit(git, release.target));
  if (sha === null) throw invalid('Release', 'target_commitish is not a commit', 'target_commitish');
  const actor = actorOf(call);
  if (known === null) {
    await git.run(['check-ref-format', ref]).catch(() => {
      throw invalid('Release', 'tag_name is not a valid tag', 'tag_name');
    });
    await git.run(['update-ref', ref, sha, '0'.repeat(40)]);
    await refsChanged(state, repository, { changes: [{ ref, before: null, after: sha }], actor });
  }
  release.draft = false;
  release.publishedAt = state.clock.now();
  const payload = { action: 'published', release: presentRelease(state, repository, release) };
  raise(state, repository, { actor, event: { name: 'release', ref, sha, payload } });
}

function createRelease(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const tag = textOf(body, 'tag_name') ?? '';
  return inOrder(repository, async () => {
    const draft = flagOf(body, 'draft') ?? false;
    const taken = [...repository.releases.values()].some((release) => release.tag === tag && !release.draft);
    if (taken && !draft) throw invalid('Release', 'tag_name already_exists', 'tag_name');
    const release: ReleaseState = {
      id: state.nextId(),
      author: call.caller.login,
      createdAt: state.clock.now(),
      tag,
      target: textOf(body, 'target_commitish') ?? repository.settings.defaultBranch,
      name: textOf(body, 'name'),
      body: textOf(body, 'body'),
      draft: true,
      prerelease: flagOf(body, 'prerelease') ?? false,
      publishedAt: null,
      assets: [],
    };
    if (!draft) await publish(call, release);
    repository.releases.set(release.id, release);
    return presentRelease(state, repository, release);
  });
}

function updateRelease(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const release = releaseNamed(call);
  return inOrder(repository, async () => {
    release.tag = textOf(body, 'tag_name') ?? release.tag;
    release.target = textOf(body, 'target_commitish') ?? release.target;
    release.name = textOf(body, 'name') ?? release.name;
    release.body = textOf(body, 'body') ?? release.body;
    release.prerelease = flagOf(body, 'prerelease') ?? release.prerelease;
    const draft = flagOf(body, 'draft');
    if (release.draft && draft === false) await publish(call, release);
    return presentRelease(state, repository, release);
  });
}

function found(call: RepositoryCall, fits: (release: ReleaseState) => boolean): Json {
  const release = [...call.repository.releases.values()].findLast((one) => !one.draft && fits(one));
  if (release === undefined) throw notFound();
  return presentRelease(call.state, call.repository, release);
}

export const releaseOperations: RepositoryOperations = {
  'repos/list-releases': {
    needs: 'contents=read',
    handle: (call) => {
      const all = [...call.repository.releases.values()].filter((one) => !one.draft || seesDrafts(call));
      const page = call.page(all.toReversed());
      return ok(page.map((release) => presentRelease(call.state, call.repository, release)));
    },
  },
  'repos/create-release': {
    needs: 'contents=write',
    handle: async (call) => created(await createRelease(call)),
  },
  'repos/update-release': { needs: 'contents=write', handle: async (call) => ok(await updateRelease(call)) },
  'repos/delete-release': {
    needs: 'contents=write',
    // The tag stays. Source: https://docs.github.com/rest/releases/releases#delete-a-release
    handle: (call) => {
      call.repository.releases.delete(releaseNamed(call).id);
      return noContent();
    },
  },
  'repos/get-release': {
    needs: 'contents=read',
    handle: (call) => ok(presentRelease(call.state, call.repository, releaseNamed(call))),
  },
  'repos/get-latest-release': {
    needs: 'contents=read',
    handle: (call) => ok(found(call, (release) => !release.prerelease)),
  },
  'repos/get-release-by-tag': {
    needs: 'contents=read',
    handle: (call) => ok(found(call, (release) => release.tag === call.path['tag'])),
  },
};
