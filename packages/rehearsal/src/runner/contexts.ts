// The contexts that expressions of a job's steps may use.
import type { Scope } from '../engine/expression.js';
import { hashFiles } from './hash-files.js';
import type { ActionIdentity, Session } from './session.js';

/** The `github` context of a step. */
export function githubOf(
  session: Session,
  step: { readonly action: string; readonly identity: ActionIdentity | null },
): Record<string, unknown> {
  const { plan, directories, token } = session;
  const github = Object(plan.contexts['github']) as Record<string, unknown>;
  return {
    ...github,
    token,
    job: plan.job.id,
    workspace: directories.workspace,
    event_path: directories.eventFile,
    action: step.action,
    action_path: step.identity?.path ?? '',
    action_repository: step.identity?.repository ?? '',
    action_ref: step.identity?.ref ?? '',
    action_status: session.status,
  };
}

/** The `runner` context. */
export interface RunnerContext {
  readonly name: string;
  readonly os: string;
  readonly arch: string;
  readonly environment: string;
  readonly temp: string;
  readonly tool_cache: string;
  readonly workspace: string;
  readonly debug: string;
}

export function runnerContext(session: Session): RunnerContext {
  return {
    name: 'Headgate rehearsal',
    os: 'Linux',
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    environment: 'self-hosted',
    temp: session.directories.temporary,
    tool_cache: session.directories.toolCache,
    workspace: session.directories.root,
    debug: session.debug ? '1' : '',
  };
}

/** The `job` context. */
function jobContext({ plan, status }: Session): Record<string, unknown> {
  const { repository, sha, ref, path } = plan.origin;
  return {
    status,
    check_run_id: plan.state.id,
    workflow_repository: repository,
    workflow_sha: sha,
    workflow_ref: `${repository}/${path}@${ref}`,
    workflow_file_path: path,
  };
}

/** Everything an expression of a step may use. */
export function stepScope(
  session: Session,
  github: Record<string, unknown>,
  env: Readonly<Record<string, string>>,
): Scope {
  const { plan, results } = session;
  const cancelled = (): boolean => session.status === 'cancelled';
  return {
    contexts: {
      ...plan.contexts,
      github,
      secrets: { ...plan.secrets, GITHUB_TOKEN: session.token },
      env,
      steps: Object.fromEntries(results),
      job: jobContext(session),
      runner: runnerContext(session),
    },
    status: {
      success: () => session.status === 'success',
      failure: () => session.status === 'failure',
      cancelled,
    },
    hashFiles: (patterns) => hashFiles(session.directories.workspace, patterns),
  };
}
