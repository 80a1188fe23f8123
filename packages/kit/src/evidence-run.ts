// The rules a run must pass before what it left counts outside it.
import type { Context } from './context.js';
import type { GitHub } from './github.js';

/** As GitHub's REST describes a run; only what is read here. */
export interface WorkflowRun {
  readonly id: number;
  readonly html_url: string;
  readonly event: string;
  readonly status: string | null;
  readonly conclusion: string | null;
  /** `.github/workflows/delivery.yml`, some answers with `@ref` behind it. */
  readonly path: string;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly repository: { readonly id: number };
  readonly head_repository: { readonly id: number } | null;
  readonly referenced_workflows?: readonly { readonly path: string; readonly sha: string }[] | null;
}

/** How far evidence counts: develop → integration, release and hotfix → production (and staging). */
export type EvidenceLevel = 'none' | 'integration' | 'production';

export interface LevelNames {
  readonly development: string;
  /** Prefixes. */
  readonly release: string;
  readonly hotfix: string;
}

const usualNames: LevelNames = { development: 'develop', release: 'release/', hotfix: 'hotfix/' };

/** What an image built on this branch may be used for. */
export function levelOfBranch(branch: string, names: LevelNames = usualNames): EvidenceLevel {
  if (branch === names.development) return 'integration';
  const version = [names.release, names.hotfix].find((prefix) => branch.startsWith(prefix));
  return version !== undefined && branch.length > version.length ? 'production' : 'none';
}

/** Whether evidence of one level satisfies another. */
export function reaches(found: EvidenceLevel, wanted: EvidenceLevel): boolean {
  const order: readonly EvidenceLevel[] = ['none', 'integration', 'production'];
  return found !== 'none' && order.indexOf(found) >= order.indexOf(wanted);
}

/** Why a run's leavings do not count, or null; `own` is the run that asks. */
export function refuseRun(run: WorkflowRun, own: WorkflowRun): string | null {
  if (run.head_repository?.id !== run.repository.id) return 'its run came from another repository';
  if (run.repository.id !== own.repository.id) return 'its run belongs to another repository';
  if (run.event !== 'push' && run.event !== 'workflow_dispatch') return `its run was started by ${run.event}`;
  // An earlier attempt of this very run has no conclusion yet, and needs none: it is this run.
  if (run.id !== own.id && run.conclusion !== 'success')
    return `its run ended as ${run.conclusion ?? run.status}`;
  if (withoutRef(run.path) !== withoutRef(own.path)) return `its run came from the workflow ${run.path}`;
  const ours = gitFlowOf(own);
  if (ours === null) return 'this run does not go through git-flow.yml';
  if (gitFlowOf(run) !== ours) return 'its run did not use git-flow.yml at the reference this run uses';
  return null;
}

/** What is asked of a run besides its own words. */
export interface RunQuestion {
  /** The run that asks. */
  readonly own: WorkflowRun;
  readonly level: EvidenceLevel;
  readonly branches?: LevelNames;
}

/** Why a run's leavings do not count for this level, or null; also asks whether rules guard its branch. */
export async function refuseSource(
  github: GitHub,
  run: WorkflowRun,
  { own, level, branches }: RunQuestion,
): Promise<string | null> {
  const problem = refuseRun(run, own);
  if (problem !== null) return problem;
  const branch = run.head_branch ?? '';
  if (!reaches(levelOfBranch(branch, branches), level)) {
    return `its branch ${branch} counts less than this run's`;
  }
  return (await isGuarded(github, branch)) ? null : `no ruleset protects its branch ${branch}`;
}

/** Needs `actions: read`. */
export async function readRun(github: GitHub, runId: number): Promise<WorkflowRun> {
  const { data } = await github.request<WorkflowRun>('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
    run_id: runId,
  });
  return data;
}

/** Rules that decide what may enter a branch; a rule against deletion alone lets anything in. */
const guarding: ReadonlySet<string> = new Set([
  'pull_request',
  'update',
  'required_status_checks',
  'merge_queue',
]);

/** Whether any of a branch's rules decides what enters it. */
export function areGuarding(rules: readonly { readonly type: string }[]): boolean {
  return rules.some(({ type }) => guarding.has(type));
}

/** Whether rules decide what may enter a branch. GitHub answers for branches that are gone, too. */
export async function isGuarded(github: GitHub, branch: string): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/rules/branches/{branch}';
  return areGuarding(await github.paginate<{ readonly type: string }>(route, { branch }));
}

/** The workflow file of a run's path, without the reference some answers have behind it. */
export function withoutRef(path: string): string {
  return path.replace(/@.*$/, '');
}

/** Path of this run's own workflow file, as `path` of a run has it. */
export function workflowPath({
  workflowRef,
  repository,
}: Pick<Context, 'workflowRef' | 'repository'>): string {
  return withoutRef(workflowRef).slice(repository.fullName.length + 1);
}

function gitFlowOf(run: WorkflowRun): string | null {
  const found = run.referenced_workflows?.find(({ path }) =>
    /\/\.github\/workflows\/git-flow\.yml(@|$)/.test(path),
  );
  return found?.path ?? null;
}
