// The decision as later modes get it: the text that mode decide wrote.
import type { Decision } from '@headgate/configuration/decision';
import { failure } from './failures.js';

/** @throws {ActionError} `record-dropped` when it got lost on the way, `decision-unreadable` */
export async function readGivenDecision(text: string): Promise<Decision> {
  if (text === '') {
    const hint =
      'GitHub drops a job output that contains a masked value: look for a short secret that occurs in it.';
    throw failure('record-dropped', 'the decision was expected in `decision`; it is empty', hint);
  }
  // Loaded here and nowhere else: the bundle has it once, not once for each mode.
  const { parseDecision } = await import('@headgate/configuration/decision-schema');
  const parsed = parseDecision(text);
  if (parsed !== null) return parsed;
  const hint = `Pass decision: \${{ needs.decide.outputs.decision }}, from the same version of git-flow.`;
  throw failure('decision-unreadable', 'decision: the JSON that mode decide writes was expected', hint);
}
