// The run as GitHub describes it in the environment and the event file, parsed once.
import { readFileSync, statSync } from 'node:fs';

export interface Repository {
  readonly owner: string;
  readonly name: string;
  /** `owner/name` */
  readonly fullName: string;
}

export interface Context {
  readonly eventName: string;
  /** The event payload as GitHub sent it; hostile text inside. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly sha: string;
  readonly repository: Repository;
  readonly actor: string;
  readonly triggeringActor: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runNumber: number;
  readonly job: string;
  readonly workflow: string;
  /** `owner/repo/.github/workflows/file.yml@ref` of the caller. */
  readonly workflowRef: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly workspace: string;
  /** The address of this run for people. */
  readonly runUrl: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** GitHub's own limit for a webhook payload. */
const maxEventBytes = 25 * 1024 * 1024;

/**
 * Reads GITHUB_* and the event file. Absent variables become '' or 0: an action may run outside GitHub too.
 * @throws {Error} when the event file is there but is not a JSON object of at most 25 MiB.
 */
export function readContext(env: Environment): Context {
  const text = (name: string): string => env[name] ?? '';
  const serverUrl = text('GITHUB_SERVER_URL') || 'https://github.com';
  const repository = readRepository(text('GITHUB_REPOSITORY'));
  const runId = readNumber(text('GITHUB_RUN_ID'));
  return {
    eventName: text('GITHUB_EVENT_NAME'),
    event: readEvent(text('GITHUB_EVENT_PATH')),
    ref: text('GITHUB_REF'),
    sha: text('GITHUB_SHA'),
    repository,
    actor: text('GITHUB_ACTOR'),
    triggeringActor: text('GITHUB_TRIGGERING_ACTOR'),
    runId,
    runAttempt: readNumber(text('GITHUB_RUN_ATTEMPT')) || 1,
    runNumber: readNumber(text('GITHUB_RUN_NUMBER')),
    job: text('GITHUB_JOB'),
    workflow: text('GITHUB_WORKFLOW'),
    workflowRef: text('GITHUB_WORKFLOW_REF'),
    serverUrl,
    apiUrl: text('GITHUB_API_URL') || 'https://api.github.com',
    workspace: text('GITHUB_WORKSPACE') || process.cwd(),
    runUrl: `${serverUrl}/${repository.fullName}/actions/runs/${runId}`,
  };
}

function readRepository(fullName: string): Repository {
  const [owner = '', name = ''] = fullName.split('/');
  return { owner, name, fullName };
}

function readNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function readEvent(file: string): Readonly<Record<string, unknown>> {
  const size = file === '' ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return {};
  if (size > maxEventBytes) throw new Error(`the event file has ${size} bytes, more than ${maxEventBytes}`);
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('the event file holds no JSON object');
  }
  return value as Record<string, unknown>;
}
