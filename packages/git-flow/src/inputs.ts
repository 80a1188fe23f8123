// The inputs of git-flow: one set a mode, and the defaults as in action.yml.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader, type InputSpecs } from '@headgate/kit/inputs';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: '', required: true },
  configuration: { default: 'headgate.yml' },
  vars: { default: '{}' },
  decision: { default: '' },
  barrier: { default: 'end' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  needs: { default: '{}' },
  'github-token': { default: '' },
} as const satisfies InputSpecs;

export const outputNames = [
  'decision',
  'images',
  'targets',
  'environment',
  'environment-url',
  'publish',
  'branch-kind',
  'version',
  'nothing',
  'record-file',
  'record-digest',
  'record-artifact-name',
] as const;

export const barriers = ['images', 'plan', 'wait', 'end'] as const;
export type Barrier = (typeof barriers)[number];
export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface DecideInputs {
  readonly mode: 'decide';
  /** Path of headgate.yml from the workspace. */
  readonly configuration: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly githubToken: string;
}

export interface CollectInputs {
  readonly mode: 'collect';
  readonly barrier: Barrier;
  /** The decision's JSON; empty when the output was lost or `decide` failed. */
  readonly decision: string;
  readonly recordArtifactId: string;
  readonly recordDigest: string;
  /** Results of the jobs before this one, by job id. */
  readonly needs: ReadonlyMap<string, JobResult>;
  readonly githubToken: string;
}

export type Inputs = DecideInputs | CollectInputs;
type Reader = InputReader<string>;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const mode = reader.choice('mode', ['decide', 'collect']);
  const githubToken = reader.text('github-token');
  if (mode === 'decide') {
    const configuration = readPath(reader.text('configuration'));
    return { mode, configuration, variables: readVariables(reader.raw('vars').value), githubToken };
  }
  return {
    mode,
    barrier: reader.choice('barrier', barriers),
    decision: reader.text('decision'),
    recordArtifactId: reader.text('record-artifact-id'),
    recordDigest: reader.text('record-digest'),
    needs: readNeeds(reader.raw('needs').value),
    githubToken,
  };
}

function readPath(text: string): string {
  const inside = !text.startsWith('/') && !text.split('/').includes('..') && !/[\p{Cc}\\]/u.test(text);
  if (inside && text !== '') return text;
  throw new InputError(
    'configuration',
    `a path inside the repository was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Write it from the repository root, such as headgate.yml.',
  );
}

/** `toJSON(vars)`: names to texts. */
function readVariables(value: unknown): ReadonlyMap<string, string> {
  const variables = readObject('vars', value, `Pass vars: \${{ toJSON(vars) }}.`);
  return new Map(Object.entries(variables).map(([name, text]) => [name, String(text)]));
}

/** `toJSON(needs)`: only the results; outputs stay unread. */
function readNeeds(value: unknown): ReadonlyMap<string, JobResult> {
  const hint = `Pass needs: \${{ toJSON(needs) }}.`;
  const needs = new Map<string, JobResult>();
  for (const [job, entry] of Object.entries(readObject('needs', value, hint))) {
    const { result } = (entry ?? {}) as { readonly result?: unknown };
    if (!isJobResult(result)) throw new InputError('needs', `the job ${job} has no result`, hint);
    needs.set(job, result);
  }
  return needs;
}

function isJobResult(value: unknown): value is JobResult {
  return value === 'success' || value === 'failure' || value === 'cancelled' || value === 'skipped';
}

function readObject(name: string, value: unknown, hint: string): Readonly<Record<string, unknown>> {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new InputError(name, 'a JSON object was expected', hint);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return null;
  }
}
