// Mode drift: what production has and development lacks, and releases that nobody goes on with, kept in one issue.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { jsonOutput } from '@headgate/kit/json-output';
import { abandonedReleases } from './abandoned-releases.js';
import { findDrift } from './back-merge-drift.js';
import { type BranchGround, openGround } from './branch-ground.js';
import { settleIssue } from './drift-issue.js';
import { driftText, type Findings, isClean } from './drift-report.js';
import { readProject } from './project.js';
import type { DriftInputs } from './release-inputs.js';

/**
 * Looks and tells; nothing is merged. Drift is news, not a failure.
 * @throws {ActionError} `branch-missing`, and those of git and GitHub
 */
export async function driftRun(inputs: DriftInputs, deps: Deps): Promise<ActionResult> {
  const { context, core } = deps;
  const { application, branches } = readProject(context.workspace, inputs.configuration).configuration;
  const github = await deps.connectGitHub(inputs.githubToken);
  const ground = await openGround(deps, inputs.githubToken);
  const findings: Findings = {
    branches,
    drift: await findDrift(ground, { github, branches, deps, file: inputs.configuration }),
    abandoned: await abandoned(ground, inputs, { branches, now: deps.clock.now() }),
  };
  const text = driftText(findings);
  const issue = await settleIssue(github, { application, text, clean: isClean(findings) });
  const count = findings.drift?.commits.length ?? 0;
  const names = findings.abandoned.map(({ branch }) => branch);
  if (count > 0) {
    const where = issue === null ? '' : `: ${issue}`;
    core.warning(`${branches.development} lacks ${count} commits of ${branches.production}${where}`, {
      title: 'drift',
    });
  } else core.info(`${branches.development} contains everything that ${branches.production} has`);
  if (names.length > 0) core.warning(`nobody goes on with ${names.join(', ')}`, { title: 'drift' });
  await core.appendSummary(text);
  return { outputs: { 'drift-found': jsonOutput({ commits: count, abandoned: names, issue: issue ?? '' }) } };
}

interface Now {
  readonly branches: Findings['branches'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

async function abandoned(
  ground: BranchGround,
  { abandonedAfter }: DriftInputs,
  { branches, now }: Now,
): Promise<Findings['abandoned']> {
  if (abandonedAfter === 0) return [];
  return abandonedReleases(ground, { branches, before: now - abandonedAfter * 86_400_000 });
}
