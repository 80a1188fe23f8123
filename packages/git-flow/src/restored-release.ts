// The release that a restore request stands for: its version, its commit, and what is known of it in the environment.
import {
  compareVersions,
  parseVersion,
  parseVersionTag,
  showVersion,
  type Version,
} from '@headgate/configuration/version';
import { treeOf } from '@headgate/kit/evidence-commit';
import type { Git } from '@headgate/kit/git';
import type { GitHub } from '@headgate/kit/github';
import { deployedVersions } from './deployed-version.js';
import { createHistory } from './deployments.js';
import { failure } from './failures.js';
import { findTag, tagName } from './release-tag.js';

export interface RestoredRelease {
  /** X.Y.Z */
  readonly version: string;
  readonly commit: string;
  readonly tree: string;
  /** X.Y.Z that the environment runs; null when nobody knows. */
  readonly replaces: string | null;
}

export interface RestoreQuestion {
  readonly github: GitHub;
  readonly git: Git;
  /** `previous`, X.Y.Z, vX.Y.Z or a commit. */
  readonly version: string;
  readonly environment: string;
}

/** Needs `contents: read` and `deployments: read`. @throws {ActionError} `restore-missing` */
export async function findRestored(question: RestoreQuestion): Promise<RestoredRelease> {
  const { github, version: asked, environment } = question;
  const deployed = await deployedVersions(
    createHistory(github, environment),
    asked === 'previous' ? 'all' : 'newest',
  );
  const [running] = deployed;
  const version = asked === 'previous' ? previousOf(deployed, environment) : await namedVersion(question);
  const tag = await findTag(github, tagName(version));
  if (tag === null) throw missing(`the tag ${tagName(version)} was expected, there is none`, releasedHint);
  const tree = await treeOf(github, tag.commit);
  if (tree === null) throw missing(`the commit ${tag.commit} of ${tag.name} is gone`, releasedHint);
  return { version, commit: tag.commit, tree, replaces: running === undefined ? null : showVersion(running) };
}

const releasedHint = 'Give the version of a release that is tagged in this repository.';

/** The highest below what runs that has run there: going back twice goes back two releases. */
function previousOf(deployed: readonly Version[], environment: string): string {
  const [running, ...others] = deployed;
  const lower = others
    .filter((other) => running !== undefined && compareVersions(other, running) < 0)
    .sort((left, right) => compareVersions(right, left));
  const [found] = lower;
  if (found !== undefined) return showVersion(found);
  const message = `a version before ${running === undefined ? 'the one that runs' : showVersion(running)} was expected among the deployments of ${environment}, none was found`;
  throw missing(message, 'Give a version instead of previous.');
}

/** Of a number itself; of a commit, that of the release tag on it. */
async function namedVersion({ git, version }: RestoreQuestion): Promise<string> {
  const named = parseVersion(version.replace(/^v/, ''));
  if (named !== null) return showVersion(named);
  const commit = await git.revParse(version);
  if (commit === null) throw missing(`the commit ${version} was expected, there is none`, releasedHint);
  const versions = (await git.tags(commit)).flatMap((tag) => parseVersionTag(tag) ?? []);
  const [found] = versions.sort((left, right) => compareVersions(right, left));
  if (found !== undefined) return showVersion(found);
  throw missing(`a release tag was expected on ${commit}, there is none`, releasedHint);
}

function missing(message: string, hint: string): Error {
  return failure('restore-missing', message, hint);
}
