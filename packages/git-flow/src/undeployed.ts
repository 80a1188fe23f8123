// Releases that a branch contains and that production never ran: whoever ships the branch ships them too.
import type { Configuration } from '@headgate/configuration/schema';
import { compareVersions, parseVersion, showVersion, type Version } from '@headgate/configuration/version';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { code } from '@headgate/kit/summary';
import type { BranchGround } from './branch-ground.js';
import { runningVersion } from './deployed-version.js';
import { createHistory } from './deployments.js';
import { releasesOf } from './known-history.js';

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
  ground: Pick<BranchGround, 'tags' | 'history'>,
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
  const between = releasesOf(ground.tags)
    .filter(({ version: number }) => compareVersions(number, running) > 0 && compareVersions(number, own) < 0)
    .toReversed();
  const tags: string[] = [];
  for (const { name, commit: tagged } of between)
    if (await ground.history.isAncestor(tagged, commit)) tags.push(name);
  return { environment, running, support: configuration.branches.support, tags };
}

async function askedFor(github: GitHub, environment: string): Promise<Version | null> {
  try {
    return await runningVersion(createHistory(github, environment));
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
