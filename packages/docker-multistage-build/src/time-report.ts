// The end of the summary: where the time of each build went. What draws it is loaded only then.
import type { Deps } from '@headgate/kit/deps';
import type { Redactor } from '@headgate/kit/secrets';
import type { Journal } from './journal.js';

/** Appends one fold a build; nothing when nothing was built. */
export async function reportTimes(
  { builds }: Pick<Journal, 'builds'>,
  { redact }: Redactor,
  { core }: Pick<Deps, 'core'>,
): Promise<void> {
  if (builds.length === 0) return;
  const { timesText } = await import('./build-report-text.js');
  await core.appendSummary(timesText(builds, redact));
}
