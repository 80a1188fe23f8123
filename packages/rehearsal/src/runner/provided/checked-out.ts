// What follows a checkout: the job remembers it, and edits that people made lie over it.
import { layOver } from '../edits.js';
import type { ProvidedStep } from './action.js';

export interface CheckedOut {
  readonly directory: string;
  readonly repository: string;
  readonly commit: string;
}

/** Remembers where a run's own commit lies; what people edited to get a failed step through lies over it from then on. */
export async function takeEdits(
  { step, line }: ProvidedStep,
  { directory, repository, commit }: CheckedOut,
): Promise<void> {
  const { session, github } = step;
  if (repository === String(github['repository']) && commit !== String(github['sha'])) return;
  session.checkouts.push({ folder: directory, repository });
  const { pausing, laidOver } = session.options;
  const edits = laidOver ?? (pausing?.pauses.retried === true ? pausing.edits : null);
  if (edits === null) return;
  for (const path of await layOver(directory, repository, edits)) line(`edited after the commit: ${path}`);
}
