// Why a build failed, in people's terms: where in the Dockerfile, what it printed last, and what to do next.
import type { BuildFailureClass } from './failures.js';
import type { Step } from './progress.js';
import type { BuildTrace } from './trace.js';

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

const stepName = /^\[(?:[a-z0-9]+\/[a-z0-9/]+(?:->[a-z0-9/]+)? )?(?:(\S+) +)?\d+\/\d+\] (.*)$/s;
const exitCodePattern = /did not complete successfully: exit code: (\d+)/;
const placePattern = /^(\S.*):(\d+)$/;

/** First match wins: a full disk also breaks commands, a refused login also looks like a network fault. */
const classes: readonly (readonly [BuildFailureClass, RegExp])[] = [
  ['cancelled', /context canceled|\bCanceled\b/],
  ['disk', /no space left on device|disk quota exceeded|ENOSPC/i],
  [
    'auth',
    /\b401\b|\b403\b|unauthorized|forbidden|authentication required|denied: |insufficient_scope|pull access denied/i,
  ],
  [
    'network',
    /dial tcp|no such host|connection (?:refused|reset)|i\/o timeout|TLS handshake timeout|network is unreachable|temporary failure in name resolution|EAI_AGAIN|ECONNRE(?:SET|FUSED)|ETIMEDOUT|ENOTFOUND|Could not resolve|unexpected EOF|code = Unavailable|Cannot connect to the Docker daemon/i,
  ],
  [
    'registry',
    /failed to resolve source metadata|failed to resolve reference|manifest unknown|not found: manifest|unexpected status|toomanyrequests|failed to (?:push|copy)/i,
  ],
];

const dockerfileProblem =
  /dockerfile parse error|failed to parse|failed to read dockerfile|target stage .* could not be found|unknown instruction|failed to compute cache key|failed to calculate checksum|not found in build context|invalid reference format|invalid field|circular dependency|base name .* should not be blank|secret .*: not found|no build stage/i;

const advice: Readonly<Record<BuildFailureClass, string>> = {
  network:
    'Check that the builder reaches the address named, then run the job again; set `network` when the step needs the host network.',
  auth: 'Log the builder in to the registry that refused (docker/login-action before this step) or correct the credentials.',
  disk: 'Free space on the runner (docker builder prune, docker image prune) or choose one with a larger disk.',
  dockerfile: 'Correct the Dockerfile or the build context at the place named.',
  command: 'Run the failing command locally with `docker buildx build --target` on its stage and correct it.',
  cancelled: 'The job was cancelled; run it again when wanted.',
  registry: 'Check that the image named exists in its registry, then run the job again.',
};

/**
 * Finds the failing step and its class.
 * @param trace everything the builder reported
 * @param outcome `cancelled` when we stopped it ourselves
 */
export function diagnose(trace: BuildTrace, outcome: 'failed' | 'cancelled'): BuildDiagnosis {
  const failed = trace.steps().find((step) => step.error !== null && !/context canceled/.test(step.error));
  const reason = findReason(trace, failed);
  const lastLines = failed === undefined ? [] : trace.lastLines(failed.digest);
  const kind = outcome === 'cancelled' ? 'cancelled' : classify(reason, lastLines);
  const place = trace
    .diagnostics()
    .map((line) => placePattern.exec(line))
    .find((found) => found !== null);
  const exit = exitCodePattern.exec(reason);
  return {
    kind,
    ...splitName(failed?.name ?? null),
    place: place?.[0] ?? null,
    line: place === undefined ? null : Number(place[2]),
    exitCode: exit === null ? null : Number(exit[1]),
    reason,
    lastLines,
    nextAction: advice[kind],
  };
}

/** Where and how a build failed, in one sentence without its log. */
export function sentence(diagnosis: BuildDiagnosis): string {
  const { stage, instruction, place, exitCode, kind, reason } = diagnosis;
  const where = [stage === null ? '' : `stage ${stage}`, place === null ? '' : `at ${place}`]
    .filter((part) => part !== '')
    .join(' ');
  const what =
    exitCode === null
      ? reason
      : `${instruction === null ? 'a command' : shorten(instruction, 100)} ended with exit code ${exitCode}`;
  return `${where === '' ? '' : `${where}: `}${what} (${kind})`;
}

function findReason(trace: BuildTrace, failed: Step | undefined): string {
  if (failed?.error != null) return oneLine(failed.error);
  const stated = trace.diagnostics().findLast((line) => line.startsWith('ERROR: '));
  const text =
    stated ?? trace.diagnostics().findLast((line) => line.trim() !== '') ?? 'the builder gave no reason';
  return oneLine(text.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, ''));
}

/** A failing command is judged by what it printed; anything else by the builder's words alone. */
function classify(reason: string, lastLines: readonly string[]): BuildFailureClass {
  const ranCommand = exitCodePattern.test(reason);
  const evidence = ranCommand ? lastLines.slice(-10).join('\n') : reason;
  if (!ranCommand && dockerfileProblem.test(reason)) return 'dockerfile';
  for (const [kind, pattern] of classes) {
    // A test may well print "401" or "cancelled": from a command only faults of the machine count.
    if (ranCommand && kind !== 'disk' && kind !== 'network') continue;
    if (pattern.test(evidence)) return kind;
  }
  return ranCommand ? 'command' : 'dockerfile';
}

function splitName(name: string | null): {
  readonly stage: string | null;
  readonly instruction: string | null;
} {
  if (name === null) return { stage: null, instruction: null };
  const found = stepName.exec(name);
  if (found === null) return { stage: null, instruction: oneLine(name) };
  return { stage: found[1] ?? null, instruction: oneLine(found[2] ?? '') };
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return shorten(line, 300);
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
