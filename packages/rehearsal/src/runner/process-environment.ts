// The environment of a step's process: the machine's allow-list, the job's, GitHub's own, the step's.

import { runnerContext } from './contexts.js';
import type { FileCommandPaths } from './file-commands.js';
import type { Session } from './session.js';

/** Context values that become GITHUB_… variables. Source: docs.github.com, "Variables reference". */
const exported = [
  'action',
  'action_path',
  'action_ref',
  'action_repository',
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
];

export interface ProcessEnvironment {
  readonly github: Readonly<Record<string, unknown>>;
  readonly step: Readonly<Record<string, string>>;
  readonly files: FileCommandPaths;
  /** INPUT_…, STATE_…, ACTIONS_…: only for actions. */
  readonly extra: Readonly<Record<string, string>>;
}

function githubVariables({ github, files }: ProcessEnvironment): Record<string, string> {
  const pairs = exported.map((name) => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')]);
  return {
    ...Object.fromEntries(pairs),
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: files.output,
    GITHUB_ENV: files.env,
    GITHUB_PATH: files.path,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
  };
}

function runnerVariables(session: Session): Record<string, string> {
  const runner = runnerContext(session);
  return {
    RUNNER_NAME: runner.name,
    RUNNER_OS: runner.os,
    RUNNER_ARCH: runner.arch,
    RUNNER_ENVIRONMENT: runner.environment,
    RUNNER_TEMP: session.directories.temporary,
    RUNNER_TOOL_CACHE: session.directories.toolCache,
    RUNNER_WORKSPACE: session.directories.root,
    RUNNER_TRACKING_ID: session.trackingId,
    ...(runner.debug === '' ? {} : { RUNNER_DEBUG: runner.debug }),
  };
}

/**
 * Variables of a process; GITHUB_ and RUNNER_ names cannot be overridden by `env`, CI can.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/variables#naming-conventions-for-environment-variables
 */
export function processEnvironment(session: Session, parts: ProcessEnvironment): Record<string, string> {
  const machine = session.options.environment;
  const environment: Record<string, string> = {
    ...machine,
    CI: 'true',
    ...Object.fromEntries(session.environment),
    ...parts.step,
    ...githubVariables(parts),
    ...runnerVariables(session),
    ...parts.extra,
  };
  // Without a PATH of the machine only what steps added counts.
  const path = 'PATH' in environment ? [...session.paths, environment['PATH']] : session.paths;
  environment['PATH'] = path.join(':');
  return environment;
}

/** `INPUT_<NAME>`: blanks become underscores, nothing else changes. */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

/** What JavaScript actions get besides: addresses of GitHub's own services, which the rehearsal does not offer. */
export function runtimeVariables(session: Session): Record<string, string> {
  const { serverUrl } = session.options.host;
  return {
    ACTIONS_RUNTIME_TOKEN: session.runtimeToken,
    ACTIONS_RUNTIME_URL: `${serverUrl}/_services/runtime/`,
    ACTIONS_RESULTS_URL: `${serverUrl}/_services/results/`,
    ACTIONS_CACHE_URL: `${serverUrl}/_services/cache/`,
  };
}
