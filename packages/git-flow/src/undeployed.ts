// Releases that a branch contains and that production never ran: whoever ships the branch ships them too.
import type { Configuration } from '@headgate/configuration/schema';
import {
  compareVersions,
  parseVersion,
  parseVersionTag,
  showVersion,
  type Version,
} from '@headgate/configuration/version';
import { ActionError } from '@headgate/kit/errors';
import type { Git } from '@headgate/kit/git';
import type { GitHub } from '@headgate/kit/github';
import { code } from '@headgate/kit/summary';
import { runningVersion } from './deployed-version.js';

export interface Undeployed {
  readonly environment: string;
  readonly running: Version;
  /** What names of support branches begin with. */
  readonly support: string;
  /** Names of tags, lowest version first. */
  readonly tags: readonly string[];
}

export interface UndeployedQuestion {
  readonly configuration: Configuration;
  /** What will be shipped: a commit, and X.Y.Z that it will be called. */
  readonly commit: string;
  readonly version: string;
}

/** Null when nothing is known of production, or may be asked: the forecast is told without it. */
export async function undeployedReleases(
  github: GitHub,
  git: Git,
  { configuration, commit, version }: UndeployedQuestion,
): Promise<Undeployed | null> {
  const own = parseVersion(version);
  const production = Object.entries(configuration.environments).find(
    ([, { branch }]) => branch === 'production',
  );
  if (own === null || production === undefined) return null;
  const [environment] = production;
  const running = await askedFor(github, environment);
  if (running === null) return null;
  const between = (await git.tags())
    .map((name) => ({ name, number: parseVersionTag(name) }))
    .filter((tag): tag is { name: string; number: Version } => tag.number !== null)
    .filter(({ number }) => compareVersions(number, running) > 0 && compareVersions(number, own) < 0)
    .sort((left, right) => compareVersions(left.number, right.number));
  const tags: string[] = [];
  for (const { name } of between) if (await git.isAncestor(`refs/tags/${name}`, commit)) tags.push(name);
  return { environment, running, support: configuration.branches.support, tags };
}

async function askedFor(github: GitHub, environment: string): Promise<Version | null> {
  try {
    return await runningVersion(github, environment);
  } catch (error) {
    if (error instanceof ActionError && error.code === 'github-permission') return null;
    throw error;
  }
}

/** Markdown; empty when there is nothing to say. */
export function undeployedText({ environment, running, support, tags }: Undeployed): string {
  if (tags.length === 0) return '';
  const [name, branch] = [showVersion(running), `${support}${running.major}.${running.minor}`];
  return `${code(environment)} runs ${code(name)}. This also ships ${tags.map(code).join(', ')}, which it never ran; to ship without, begin ${code(branch)} at the tag of ${code(name)}.\n\n`;
}
