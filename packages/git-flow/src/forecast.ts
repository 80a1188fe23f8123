// Mode forecast: what merging back will meet, said on the pull request while there is time to do something about it.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import { parseVersion } from '@headgate/configuration/version';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { upsertStickyComment } from '@headgate/kit/sticky-comment';
import { backMergeTargets } from './back-merge-targets.js';
import { type BranchGround, openGround } from './branch-ground.js';
import { type ForecastLine, forecastText } from './forecast-report.js';
import { readGivenDecision } from './given-decision.js';
import { explainConflict } from './merge-conflict.js';
import { readProject } from './project.js';
import { openPullRequests } from './pull-requests.js';
import type { ForecastInputs } from './release-inputs.js';

/** Merges on trial; nothing moves, here or on the server. A conflict is news, not a failure. */
export async function forecastRun(inputs: ForecastInputs, deps: Deps): Promise<ActionResult> {
  const decision = readGivenDecision(inputs.decision);
  const { branches } = readProject(deps.context.workspace, inputs.configuration).configuration;
  const { kind, label } = classifyBranch(decision.branch, branches);
  if (kind !== 'release' && kind !== 'hotfix') {
    deps.core.info(`${decision.branch} is no release and no hotfix: there is nothing to forecast`);
    return { outputs: {}, entry: { parts: {} } };
  }
  const ground = await openGround(deps, inputs.githubToken);
  const lines = await forecast(ground, { decision, branches, hotfix: kind === 'hotfix', label, deps });
  const text = forecastText(decision.branch, lines);
  await deps.core.appendSummary(text);
  await tell(inputs, text, { decision, branches, deps });
  return { outputs: {}, entry: { parts: {} } };
}

interface Question {
  readonly decision: Decision;
  readonly branches: Branches;
  readonly hotfix: boolean;
  /** What follows the prefix of the branch. */
  readonly label: string | null;
  readonly deps: Deps;
}

async function forecast(ground: BranchGround, question: Question): Promise<readonly ForecastLine[]> {
  const { branches, decision, hotfix, label, deps } = question;
  const head = headOf(deps) ?? decision.commit;
  const production = await ground.tip(branches.production);
  const version = parseVersion(label ?? '') === null ? '0.0.0' : String(label);
  const [known, tags] = [await ground.names(), await ground.git.tags()];
  const targets = backMergeTargets({ branches, hotfix, version, known, tags });
  const merged =
    production === null
      ? { commit: head, line: null }
      : await mergeInto(ground, { production, head, question });
  const lines: ForecastLine[] = merged.line === null ? [] : [merged.line];
  for (const target of targets) lines.push(await lineOf(ground, target, merged.commit));
  return lines;
}

interface Merging {
  readonly production: string;
  readonly head: string;
  readonly question: Question;
}

interface Merged {
  /** What production will be; the branch alone when they conflict. */
  readonly commit: string;
  readonly line: ForecastLine | null;
}

async function mergeInto(ground: BranchGround, { production, head, question }: Merging): Promise<Merged> {
  const target = question.branches.production;
  const trial = await ground.merge.attempt(production, head);
  if (trial.kind === 'conflict') {
    const conflict = await explainConflict(ground, { target: production, source: head, files: trial.files });
    return { commit: head, line: { target, kind: 'blocked', conflict } };
  }
  const at = new Date(question.deps.clock.now()).toISOString();
  const parents = [production, head];
  const commit = await ground.merge.commit({ tree: trial.tree, parents, message: 'On trial', at });
  return { commit, line: null };
}

async function lineOf(ground: BranchGround, target: string, source: string): Promise<ForecastLine> {
  const tip = await ground.tip(target);
  if (tip === null) return { target, kind: 'missing' };
  const trial = await ground.merge.attempt(tip, source);
  if (trial.kind === 'clean') return { target, kind: 'clean' };
  const conflict = await explainConflict(ground, { target: tip, source, files: trial.files });
  return { target, kind: 'conflict', conflict };
}

/** Of a pull request the branch's own commit counts: what is checked out is a merge that nobody will push. */
function headOf({ context }: Deps): string | null {
  const { pull_request: pull } = context.event as { pull_request?: { head?: { sha?: unknown } } };
  const sha = pull?.head?.sha;
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null;
}

interface Telling {
  readonly decision: Decision;
  readonly branches: Branches;
  readonly deps: Deps;
}

/** On every open pull request into production, if there is one yet. A fork's token may not write: the summary has it. */
async function tell(
  inputs: ForecastInputs,
  body: string,
  { decision, branches, deps }: Telling,
): Promise<void> {
  try {
    const github = await deps.connectGitHub(inputs.githubToken);
    const open = await openPullRequests(github, deps.context.repository, decision.branch);
    for (const { number, base } of open) {
      if (base === branches.production)
        await upsertStickyComment(github, { issue: number, name: 'forecast', body });
    }
  } catch (error) {
    if (!(error instanceof ActionError) || deps.signal.aborted) throw error;
    deps.core.warning(
      `the forecast could not be written to the pull request: ${error.message}. ${error.hint}`,
      {
        title: 'forecast',
      },
    );
  }
}
