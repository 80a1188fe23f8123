// Why a build failed, in people's terms: where in the Dockerfile, what it printed last, and what to do next.
import type { LongResult } from '@headgate/kit/process';
import { classify, exitCodePattern, nextActionFor } from './failure-class.js';
import type { BuildFailureClass } from './failures.js';
import type { Step } from './progress.js';
import type { BuildTrace } from './trace.js';
import { parseVertexName } from './vertex-name.js';

export interface BuildDiagnosis {
  readonly kind: BuildFailureClass;
  /** Stage of the failing step; null when the failure belongs to none. */
  readonly stage: string | null;
  readonly instruction: string | null;
  /** `Dockerfile:12`, as the builder says it. */
  readonly place: string | null;
  readonly line: number | null;
  readonly exitCode: number | null;
  /** BuildKit's own words, one line. */
  readonly reason: string;
  readonly lastLines: readonly string[];
  readonly nextAction: string;
}

const placePattern = /^(\S.*):(\d+)$/;

/** How the docker client ended. */
export type Ended = Pick<LongResult, 'code' | 'signal'>;

/**
 * Finds the failing step and its class.
 * @param trace everything the builder reported
 * @param outcome `cancelled` when we stopped it ourselves
 * @param ended tells the cause where the builder said nothing
 */
export function diagnose(
  trace: BuildTrace,
  outcome: 'failed' | 'cancelled',
  ended: Ended = { code: 1, signal: null },
): BuildDiagnosis {
  const failed = findFailed(trace.steps());
  const said = findReason(trace, failed);
  const lastLines = failed === undefined ? [] : trace.lastLines(failed.digest);
  const place = trace
    .diagnostics()
    .map((line) => placePattern.exec(line))
    .find((found) => found !== null);
  const facts = {
    ...splitName(failed?.name ?? null),
    place: place?.[0] ?? null,
    line: place === undefined ? null : Number(place[2]),
    lastLines,
  };
  if (said === null || (ended.signal !== null && failed === undefined))
    return { ...facts, ...wordless(ended, outcome) };
  const kind = outcome === 'cancelled' ? 'cancelled' : classify(said, lastLines);
  const exit = exitCodePattern.exec(said);
  const exitCode = exit === null ? null : Number(exit[1]);
  return { ...facts, kind, exitCode, reason: oneLine(said), nextAction: nextActionFor(kind, exitCode) };
}

/** A cache that could not be read ends no build, and what was stopped because of another failure is not its cause. */
function findFailed(steps: readonly Step[]): Step | undefined {
  return steps.find(
    ({ name, error }) =>
      error !== null && !/context canceled/.test(error) && !name.startsWith('importing cache'),
  );
}

/** The client ended without a word: killed, or broken. */
function wordless(
  { code, signal }: Ended,
  outcome: 'failed' | 'cancelled',
): Pick<BuildDiagnosis, 'kind' | 'exitCode' | 'reason' | 'nextAction'> {
  const reason =
    signal === null
      ? `docker ended with exit code ${code ?? 'unknown'}, and the builder gave no reason`
      : `docker was killed by ${signal}`;
  const nextAction =
    signal === null
      ? "Look into the builder's own log (docker logs of its container, or the engine's), then run the job again."
      : 'See what ended it: a runner without memory left kills its largest process. Then run the job again.';
  const kind = outcome === 'cancelled' ? 'cancelled' : 'command';
  return {
    kind,
    exitCode: code,
    reason,
    nextAction: kind === 'cancelled' ? nextActionFor(kind, null) : nextAction,
  };
}

/** Where and how a build failed, in one sentence without its log. */
export function sentence(diagnosis: BuildDiagnosis): string {
  const { stage, instruction, place, exitCode, kind, reason } = diagnosis;
  const where = [stage === null ? '' : `stage ${stage}`, place === null ? '' : `at ${place}`]
    .filter((part) => part !== '')
    .join(' ');
  const what =
    exitCode === null || instruction === null
      ? reason
      : `${shorten(instruction, 100)} ended with exit code ${exitCode}`;
  return `${where === '' ? '' : `${where}: `}${what} (${kind})`;
}

/** In the builder's own words, however long; null when it said nothing. */
function findReason(trace: BuildTrace, failed: Step | undefined): string | null {
  if (failed?.error != null) return failed.error;
  const stated = trace.diagnostics().findLast((line) => line.startsWith('ERROR: '));
  const text = stated ?? trace.diagnostics().findLast((line) => line.trim() !== '');
  return text?.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, '') ?? null;
}

function splitName(name: string | null): {
  readonly stage: string | null;
  readonly instruction: string | null;
} {
  if (name === null) return { stage: null, instruction: null };
  const { stage, instruction } = parseVertexName(name);
  return { stage, instruction: oneLine(instruction) };
}

/** The end of a long text stays: there BuildKit says what came of the command it quotes before. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 300
    ? line
    : `${line.slice(0, 200).toWellFormed()}…${line.slice(-100).toWellFormed()}`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
