// Did an instance end, how, and may the platform's own restart be waited for? Pure.
import type { DeployErrorCode } from './errors.js';
import type { Evidence } from './evidence.js';
import { cannotRunIn } from './last-words.js';

/** Who is judged, and what of its past does not count. */
export interface Subject {
  readonly name: string;
  /** Restarts by the platform that had been before. */
  readonly restarts: number;
  /** Deaths before it, by the platform's clock in milliseconds, do not count either; 0 unless said. */
  readonly since?: number;
}

export interface End {
  readonly code: DeployErrorCode;
  /** What completes "the instance …". */
  readonly how: string;
  readonly hint: string;
}

export interface Life {
  /** Times it ended by itself. */
  readonly crashes: number;
  /** Nobody starts it again. */
  readonly isGone: boolean;
  /** How it ended the last time; null when it never did. */
  readonly end: End | null;
}

/** What a shell or an engine ends with when there is nothing to run. Source: POSIX, 2.8.2 Exit Status for Commands. */
const cannotRun: Readonly<Record<number, string>> = {
  126: 'its command may not be executed',
  127: 'its command was not found',
};
const killed = 137;

/**
 * A death counts once, whether a look, the platform's count or its telling shows it: the largest of the three is
 * near enough the truth, and smaller ones are only late.
 */
export function lifeOf({ restarts, since = 0 }: Subject, evidence: Evidence): Life {
  const { seen } = evidence;
  const isGone = seen !== null && !seen.running && !seen.restarting;
  const told = [...evidence.deaths].filter(([at]) => at >= since).sort(([one], [other]) => other - one);
  const counted = Math.max(0, (seen?.restarts ?? 0) - restarts) + (isGone ? 1 : 0);
  const crashes = Math.max(counted, told.length);
  if (crashes === 0) return { crashes, isGone, end: null };
  const codes = told.map(([, code]) => code);
  const exitCode = (seen?.running === true ? null : seen?.exitCode) ?? codes[0] ?? null;
  const lacked = [...evidence.memoryKills].some((at) => at >= since) && codes.includes(killed);
  const down = seen !== null && !seen.running && seen.outOfMemory;
  const end = endOf(exitCode, down || lacked);
  return { crashes, isGone, end: end.code === 'instance-exited' ? withWords(end, evidence) : end };
}

/** Some engines start such a container, and it ends with a word of its own init. */
function withWords(end: End, { words }: Evidence): End {
  const found = cannotRunIn([...words.values()].flat());
  return found === null ? end : { code: 'cannot-run', how: `${end.how}: ${found.line}`, hint: found.hint };
}

/** `true` when no restart would change it. */
export function isFinal({ code }: End): boolean {
  return code === 'cannot-run' || code === 'out-of-memory';
}

function endOf(exitCode: number | null, outOfMemory: boolean): End {
  if (outOfMemory) {
    return {
      code: 'out-of-memory',
      how: `was killed for lack of memory${exitCode === null ? '' : `, exit code ${exitCode}`}`,
      hint: 'Raise the service’s memory limit or make it use less.',
    };
  }
  const cause = exitCode === null ? undefined : cannotRun[exitCode];
  if (cause !== undefined) {
    return {
      code: 'cannot-run',
      how: `could not run, exit code ${exitCode}: ${cause}`,
      hint: 'Check command and entrypoint of the service, and that the image holds what they name.',
    };
  }
  return {
    code: 'instance-exited',
    how: `ended by itself${exitCode === null ? '' : ` with code ${exitCode}`}`,
    hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; start the image with the same environment to see it fail.',
  };
}
