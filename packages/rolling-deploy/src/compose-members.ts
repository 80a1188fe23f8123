// Mappings of a compose file that may have certain members only: another one is refused by name and line, never ignored.
import type { Node } from './compose-document.js';

/** What is said of a member that is not taken. */
export interface Refusal {
  readonly problem?: string;
  readonly hint?: string;
}

/** @throws {DeployError} unsupported-compose at the first member that is not among the known ones */
export function refuseOthers(
  node: Node,
  known: readonly string[],
  { problem = 'is not supported', hint = `Supported are ${known.join(', ')}.` }: Refusal = {},
): void {
  const other = node.children().find(({ key }) => !known.includes(key));
  if (other !== undefined) throw other.fault(problem, hint, 'unsupported-compose');
}
