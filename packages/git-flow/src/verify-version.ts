// Mode verify-version: the number that is going out is the branch's, above all before it, and still free.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import { compareVersions, parseVersion, showVersion } from '@headgate/configuration/version';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { failure } from './failures.js';
import { readGivenDecision } from './given-decision.js';
import { type KnownHistory, lastRelease, openHistory } from './known-history.js';
import { readMerge } from './merge-commit.js';
import { mergedBranch } from './merged-branch.js';
import { readProject } from './project.js';
import type { VerifyVersionInputs } from './release-inputs.js';
import { checkTag, findTag, tagName } from './release-tag.js';

/**
 * On production the merged branch says the version; before it, the branch itself. Changes nothing.
 * @throws {ActionError} `not-a-merge`, `version-unknown`, `version-mismatch`, `version-not-next`, `tag-conflict`
 */
export async function verifyVersionRun(inputs: VerifyVersionInputs, deps: Deps): Promise<ActionResult> {
  const { context, core } = deps;
  const decision = await readGivenDecision(inputs.decision);
  const { branches } = readProject(context.workspace, inputs.configuration).configuration;
  const history = await openHistory(deps, { token: inputs.githubToken, branches: [branches.production] });
  const github = await deps.connectGitHub(inputs.githubToken);
  const isProduction = decision.branchKind === 'production';
  const base = isProduction
    ? (await readMerge(history, decision.commit)).production
    : history.tip(branches.production);
  const named = isProduction
    ? await mergedVersion(github, decision, branches)
    : branchVersion(decision.branch, branches);
  const version = agreed(named, inputs.version);
  if (base !== null) await checkNext(history, version, base);
  const tag = await findTag(github, tagName(version));
  if (tag !== null) checkTag(tag, decision.commit);
  core.info(`${decision.branch} is version ${version}${tag === null ? '' : `, tagged ${tag.name} already`}`);
  return { outputs: { version } };
}

interface Named {
  readonly branch: string;
  readonly version: string;
}

async function mergedVersion(
  github: GitHub,
  { commit, branch }: Decision,
  branches: Branches,
): Promise<Named> {
  const merged = await mergedBranch(github, { commit, base: branch });
  if (merged !== null) return branchVersion(merged, branches);
  const message = `the merged pull request of ${commit} was expected to say the version; none became this commit`;
  const hint = `Bring releases into ${branches.production} by pull requests from ${branches.release}X.Y.Z or ${branches.hotfix}X.Y.Z alone.`;
  throw failure('version-unknown', message, hint);
}

function branchVersion(branch: string, branches: Branches): Named {
  const { kind, label } = classifyBranch(branch, branches);
  if ((kind === 'release' || kind === 'hotfix') && label !== null && parseVersion(label) !== null)
    return { branch, version: label };
  const message = `${branches.release}X.Y.Z or ${branches.hotfix}X.Y.Z was expected as the branch, ${JSON.stringify(branch)} was found`;
  throw failure('version-unknown', message, 'Merge it into the development branch and release from there.');
}

/** `given` is what the evidence has. */
function agreed({ branch, version }: Named, given: string): string {
  if (given === '' || given === version) return version;
  const message = `the branch ${branch} was expected to be version ${given}, which its evidence has`;
  throw failure(
    'version-mismatch',
    message,
    `Push ${branch} at this commit, let its run reach staging, then re-run this run.`,
  );
}

async function checkNext(history: KnownHistory, version: string, base: string): Promise<void> {
  const last = (await lastRelease(history, base))?.version ?? null;
  const wanted = parseVersion(version);
  if (last === null || (wanted !== null && compareVersions(wanted, last) > 0)) return;
  const shown = showVersion(last);
  const message = `a version above ${shown}, the last one of production, was expected; ${version} was found`;
  throw failure('version-not-next', message, `Rename the branch to a version above ${shown}.`);
}
