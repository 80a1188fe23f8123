// A repository after the merge of a release, and a GitHub that keeps tags, releases and assets and can be cut off.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Decision } from '@headgate/configuration/decision';
import { digestOf, sha256Hex } from '@headgate/kit/digest';
import { ActionError } from '@headgate/kit/errors';
import { type RunCommand, runCommand } from '@headgate/kit/process';
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import type { ImagePart } from '@headgate/kit/record-parts';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { flowOf } from '../src/record-file.js';
import { decisionOf, imageParts, zipOf } from './fixtures.js';

export const uploadUrl = 'https://uploads.github.com/repos/acme/shop/releases/1/assets{?name,label}';

export interface TestRelease {
  id: number;
  tag_name: string;
  name: string;
  body: string;
  draft: boolean;
  immutable?: boolean;
  html_url: string;
  upload_url: string;
  assets: { id: number; name: string; state: string; digest: string; text: string }[];
}

export interface ReleaseGitHub extends TestGitHub {
  /** Tag name → object; an annotated one is a key of `tagObjects`. */
  readonly tags: Map<string, { readonly type: string; readonly sha: string }>;
  readonly tagObjects: Map<
    string,
    { readonly object: string; readonly message: string; readonly type: string }
  >;
  readonly releases: TestRelease[];
  /** The n-th change from now on (from 1) fails: before it is made, or after it when only the answer is lost. */
  cutAt(change: number, when: 'before' | 'after'): void;
  /** Changes made so far. */
  changes(): number;
}

function httpError(status: number, message: string): ActionError {
  return new ActionError({
    code: 'github-failed',
    message: `${status}: ${message}`,
    hint: '',
    cause: { status },
  });
}

type Parameters = Readonly<Record<string, unknown>>;

/** A GitHub of one repository with no tag and no release. */
export function createReleaseGitHub(): ReleaseGitHub {
  const tags: ReleaseGitHub['tags'] = new Map();
  const tagObjects: ReleaseGitHub['tagObjects'] = new Map();
  const releases: TestRelease[] = [];
  let [made, id, cut] = [0, 0, { change: 0, when: 'before' as 'before' | 'after' }];
  const github = Object.assign(createTestGitHub(), {
    tags,
    tagObjects,
    releases,
    changes: () => made,
    cutAt(change: number, when: 'before' | 'after') {
      cut = { change: made + change, when };
    },
  });
  const change = (route: string, effect: (parameters: Parameters) => unknown): void =>
    github.on(route, (parameters: Parameters) => {
      made += 1;
      const fails = made === cut.change;
      if (fails && cut.when === 'before') throw httpError(502, 'cut off');
      const answer = effect(parameters);
      if (fails) throw httpError(502, 'cut off');
      return answer;
    });
  const nextId = (): number => {
    id += 1;
    return id;
  };
  answerTags(github, change);
  answerReleases(github, change, nextId);
  return github;
}

type Change = (route: string, effect: (parameters: Parameters) => unknown) => void;

function answerTags(github: Pick<ReleaseGitHub, 'tags' | 'tagObjects' | 'on'>, change: Change): void {
  const { tags, tagObjects } = github;
  github.on('GET /repos/{owner}/{repo}/git/ref/tags/{tag}', ({ tag }: Parameters) => {
    const object = tags.get(String(tag));
    if (object === undefined) throw httpError(404, 'Not Found');
    return { object };
  });
  github.on('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', ({ tag_sha: sha }: Parameters) => {
    const found = tagObjects.get(String(sha));
    if (found === undefined) throw httpError(404, 'Not Found');
    return { message: found.message, object: { type: found.type, sha: found.object } };
  });
  change('POST /repos/{owner}/{repo}/git/tags', ({ message, object, type }) => {
    const sha = sha256Hex(`${tagObjects.size}`).slice(0, 40);
    tagObjects.set(sha, { object: String(object), message: String(message), type: String(type) });
    return { sha };
  });
  change('POST /repos/{owner}/{repo}/git/refs', ({ ref, sha }) => {
    const name = String(ref).replace('refs/tags/', '');
    if (tags.has(name)) throw httpError(422, 'Reference already exists');
    tags.set(name, { type: 'tag', sha: String(sha) });
    return {};
  });
}

function answerReleases(
  github: Pick<ReleaseGitHub, 'releases' | 'on'>,
  change: Change,
  nextId: () => number,
): void {
  const { releases } = github;
  const named = (id: unknown): TestRelease => {
    const release = releases.find((one) => one.id === id);
    if (release === undefined) throw httpError(404, 'Not Found');
    return release;
  };
  github.on('GET /repos/{owner}/{repo}/releases', () => releases);
  github.on(
    'GET /repos/{owner}/{repo}/releases/{release_id}/assets',
    (given: Parameters) => named(given['release_id']).assets,
  );
  change('POST /repos/{owner}/{repo}/releases', ({ tag_name: tag, name, body, draft }) => {
    const page = { html_url: 'https://github.com/acme/shop/releases/1', upload_url: uploadUrl };
    const text = { tag_name: String(tag), name: String(name), body: String(body) };
    const release = { id: nextId(), ...text, draft: draft === true, ...page, assets: [] };
    releases.push(release);
    return release;
  });
  change('PATCH /repos/{owner}/{repo}/releases/{release_id}', (given) => {
    const release = named(given['release_id']);
    release.draft = given['draft'] === true;
    return release;
  });
  change('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', (given) => {
    for (const release of releases)
      release.assets = release.assets.filter(({ id }) => id !== given['asset_id']);
  });
  change(`POST ${uploadUrl}`, ({ name, data }) => {
    const [release] = releases;
    if (release?.assets.some((asset) => asset.name === name) === true) throw httpError(422, 'already_exists');
    const digest = `sha256:${sha256Hex(String(data))}`;
    release?.assets.push({ id: nextId(), name: String(name), state: 'uploaded', digest, text: String(data) });
    return {};
  });
}

export interface ReleaseWorld {
  readonly repository: TestRepository;
  readonly github: ReleaseGitHub;
  readonly deps: TestDeps;
  readonly run: RunCommand;
  /** The merge commit on master. */
  readonly merge: string;
  /** Master before it. */
  readonly before: string;
  /** Tip of the merged branch. */
  readonly tip: string;
  readonly decision: Decision;
  /** The record so far, as artifact 90. */
  readonly record: DeliveryRecord;
  readonly place: { readonly recordArtifactId: string; readonly recordDigest: string };
}

export interface ReleaseScene {
  /** Branch that is merged into master. */
  readonly branch?: string;
  readonly images?: readonly ImagePart[];
  readonly squashed?: boolean;
  /** Of this run. */
  readonly attempt?: number;
}

export const headgateFile = 'application: shop\nimages: {shop: {}}\n';

/** Master after the merge of a branch, checked out; the pull request is known. */
export function createReleaseWorld(scene: ReleaseScene = {}): ReleaseWorld {
  const { branch = 'release/1.0.0', squashed = false } = scene;
  const repository = createTestRepository();
  const { git } = repository;
  const before = repository.commit('one', { 'headgate.yml': headgateFile, Dockerfile: '' });
  git('branch', 'master');
  git('checkout', '--quiet', '-b', branch);
  const tip = repository.commit('two', { a: 'released' });
  git('checkout', '--quiet', 'master');
  git(
    'merge',
    '--quiet',
    ...(squashed ? ['--ff-only'] : ['--no-ff', '--message', `Merge ${branch}`]),
    branch,
  );
  git('push', '--quiet', 'origin', 'develop', 'master', branch);
  git('fetch', '--quiet', 'origin');
  const [merge, tree] = [git('rev-parse', 'HEAD'), git('rev-parse', 'HEAD^{tree}')];
  const github = createReleaseGitHub();
  const pull = { merged_at: 'then', merge_commit_sha: merge, head: { ref: branch }, base: { ref: 'master' } };
  github.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', [pull]);
  const context = createTestContext({
    workspace: repository.directory,
    sha: merge,
    ref: 'refs/heads/master',
    runAttempt: scene.attempt ?? 1,
  });
  // Beside the clone, so that what is written goes when the repository does.
  const temporary = join(dirname(repository.directory), 'step');
  mkdirSync(temporary);
  const deps = createTestDeps({ connectGitHub: github.connect, context, run: runCommand, temporary });
  const decision = productionDecision(merge, tree);
  const images = scene.images ?? imageParts('1').images ?? [];
  const record = { ...emptyRecord({ ...flowOf(decision, context), version: '1.0.0' }), images };
  github.addArtifact(90, zipOf('headgate-record.json', record));
  const place = { recordArtifactId: '90', recordDigest: digestOf(record) };
  return { repository, github, deps, run: runCommand, merge, before, tip, decision, record, place };
}

export function productionDecision(commit: string, tree: string): Decision {
  return decisionOf({
    ref: 'refs/heads/master',
    branch: 'master',
    branchKind: 'production',
    commit,
    tree,
    evidence: 'promote',
    environment: 'production',
    images: [],
    finish: { promote: true, forecast: false },
  });
}
