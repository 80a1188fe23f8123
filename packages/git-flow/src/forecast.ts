// Mode forecast: what merging back will meet, said on the pull request while there is time to do something about it.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Configuration } from '@headgate/configuration/schema';
import { parseVersion } from '@headgate/configuration/version';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { upsertStickyComment } from '@headgate/kit/sticky-comment';
import { backMergeTargets } from './back-merge-targets.js';
import { type BranchGround, openGround } from './branch-ground.js';
import { forecastText } from './forecast-report.js';
import { readGivenDecision } from './given-decision.js';
import { readPolicyFacts } from './policy-facts.js';
import { readProject } from './project.js';
import { openPullRequests } from './pull-requests.js';
import type { ForecastInputs } from './release-inputs.js';
import { tryMerges } from './trial-merges.js';
import { undeployedReleases } from './undeployed.js';

/** Merges on trial; nothing moves, here or on the server. A conflict is news, not a failure. */
export async function forecastRun(inputs: ForecastInputs, deps: Deps): Promise<ActionResult> {
  const decision = await readGivenDecision(inputs.decision);
  const { configuration } = readProject(deps.context.workspace, inputs.configuration);
  const { kind, label } = classifyBranch(decision.branch, configuration.branches);
  if (kind !== 'release' && kind !== 'hotfix') {
    deps.core.info(`${decision.branch} is no release and no hotfix: there is nothing to forecast`);
    return { outputs: {}, entry: { parts: {} } };
  }
  const version = label !== null && parseVersion(label) !== null ? label : '0.0.0';
  const head = headOf(deps) ?? decision.commit;
  const github = await deps.connectGitHub(inputs.githubToken);
  const text = await forecast({ configuration, hotfix: kind === 'hotfix', version, head }, github, {
    deps,
    branch: decision.branch,
    token: inputs.githubToken,
    file: inputs.configuration,
  });
  await deps.core.appendSummary(text);
  await tell(github, text, { branch: decision.branch, production: configuration.branches.production, deps });
  return { outputs: {}, entry: { parts: {} } };
}

interface Release {
  readonly configuration: Configuration;
  readonly hotfix: boolean;
  /** X.Y.Z; 0.0.0 for a branch that names none. */
  readonly version: string;
  /** The commit that will be merged into production. */
  readonly head: string;
}

interface Surroundings {
  readonly deps: Deps;
  readonly branch: string;
  readonly token: string;
  /** Path of headgate.yml. */
  readonly file: string;
}

async function forecast(
  release: Release,
  github: GitHub,
  { deps, branch, token, file }: Surroundings,
): Promise<string> {
  const { configuration, hotfix, version, head } = release;
  const { branches } = configuration;
  const ground = await openGround(deps, token);
  const [known, tags] = [await ground.names(), ground.tags.map(({ name }) => name)];
  const targets = backMergeTargets({ branches, hotfix, version, known, tags });
  const at = new Date(deps.clock.now()).toISOString();
  const { production } = branches;
  const derived = await derivedPaths(ground, production, file);
  const trials = await tryMerges(ground, { production, head, targets, at, derived });
  const { commit, lines } = trials;
  const undeployed = await undeployedReleases(github, ground, { configuration, commit, version });
  return forecastText(branch, lines, undeployed);
}

/** Those of production as it is now, since these count when this is merged back. */
async function derivedPaths(
  ground: BranchGround,
  production: string,
  file: string,
): Promise<readonly string[]> {
  const tip = await ground.tip(production);
  const policy = await readPolicyFacts(ground.git, file, tip === null ? [] : [tip]);
  return policy.configuration?.['back-merge'].derived.flatMap(({ paths }) => paths) ?? [];
}

/** Of a pull request the branch's own commit counts: what is checked out is a merge that nobody will push. */
function headOf({ context }: Deps): string | null {
  const { pull_request: pull } = context.event as { pull_request?: { head?: { sha?: unknown } } };
  const sha = pull?.head?.sha;
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null;
}

interface Telling {
  readonly branch: string;
  readonly production: string;
  readonly deps: Deps;
}

/** On the open pull request into production, if there is one yet. A token that may not write: the summary has it. */
async function tell(github: GitHub, body: string, { branch, production, deps }: Telling): Promise<void> {
  try {
    const open = await openPullRequests(github, deps.context.repository, branch);
    const into = open.filter(({ base }) => base === production);
    for (const { number } of into)
      await upsertStickyComment(github, { issue: number, name: 'forecast', body });
  } catch (error) {
    if (!(error instanceof ActionError) || deps.signal.aborted) throw error;
    const message = `the forecast could not be written to the pull request: ${error.message}. ${error.hint}`;
    deps.core.warning(message, { title: 'forecast' });
  }
}
