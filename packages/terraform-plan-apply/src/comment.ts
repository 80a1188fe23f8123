// Where a plan is shown on a pull request, and under which name it is found again.
import { sha256Hex } from '@headgate/kit/digest';

/** Name of the sticky comment: one for each environment, directory and workspace. */
export function commentName(parts: readonly string[]): string {
  return `plan ${sha256Hex(parts.join('\n')).slice(0, 16)}`;
}

/** The number of the pull request that this run is about, or null. */
export function pullRequestOf(event: Readonly<Record<string, unknown>>): number | null {
  const { number } = (event['pull_request'] ?? {}) as { number?: unknown };
  return Number.isSafeInteger(number) ? Number(number) : null;
}
