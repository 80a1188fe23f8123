// What a failed build died of, told by the words of the builder and of the command; and what to do about it.
import type { BuildFailureClass } from './failures.js';

export const exitCodePattern: RegExp = /did not complete successfully: exit code: (\d+)/;

/** First match wins: a full disk also breaks commands, a refused login also looks like a network fault. */
const classes: readonly (readonly [BuildFailureClass, RegExp])[] = [
  ['cancelled', /context canceled|\bCanceled\b/],
  [
    'policy',
    /denied by policy|not allowed by (?:source )?policy|entitlement \S+ is not allowed|(?:additional privileges|lint violations?) (?:requested|found)/i,
  ],
  ['disk', /no space left on device|disk quota exceeded|ENOSPC/i],
  [
    'auth',
    /\b401\b|\b403\b|unauthorized|forbidden|authentication required|denied: |insufficient_scope|pull access denied|failed to configure \S+ cache \w+: .*token/i,
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
  policy:
    "Use what the builder's policy allows, or have the one who runs the builder allow the source, entitlement or check named.",
  cancelled: 'The job was cancelled; run it again when wanted.',
  registry: 'Check that the image named exists in its registry, then run the job again.',
};

/** BuildKit says it computes a key also when it pulls for it, or has no room to. */
const noDockerfileProblem = /no space left on device|disk quota exceeded|failed to (?:copy|do request)/i;

/** 128 + SIGKILL: the kernel's usual answer to a process that takes all memory. */
const killedExitCode = 137;

/** The one thing to do next. */
export function nextActionFor(kind: BuildFailureClass, exitCode: number | null): string {
  if (kind === 'command' && exitCode === killedExitCode)
    return 'The command was killed, most likely for want of memory: give the builder more, or let the command use less.';
  return advice[kind];
}

/** A failing command is judged by what it printed; anything else by the builder's words alone. */
export function classify(reason: string, lastLines: readonly string[]): BuildFailureClass {
  const ranCommand = exitCodePattern.test(reason);
  const evidence = ranCommand ? lastLines.slice(-10).join('\n') : reason;
  if (!ranCommand && dockerfileProblem.test(reason) && !noDockerfileProblem.test(reason)) return 'dockerfile';
  for (const [kind, pattern] of classes) {
    // A test may well print "401" or "cancelled": from a command only faults of the machine count.
    if (ranCommand && kind !== 'disk' && kind !== 'network') continue;
    if (pattern.test(evidence)) return kind;
  }
  return ranCommand ? 'command' : 'dockerfile';
}
