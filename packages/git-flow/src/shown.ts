// What has been shown of a tree, and by what: a run of staging, or the tag of a release once artifacts have ended.
import type { CallerChange } from '@headgate/kit/evidence-commit';
import type { RecordEvidence } from '@headgate/kit/evidence-record';
import type { TagEvidence } from '@headgate/kit/evidence-tag';
import type { DeliveryRecord } from '@headgate/kit/record';

export interface Shown {
  readonly record: DeliveryRecord;
  /** Where people can look at it: a run, or a release. */
  readonly url: string;
  /** `Run 900`, `Tag v1.0.0`. */
  readonly name: string;
  /** Sentences for the request for approval. */
  readonly notices: readonly string[];
}

/** `repositoryUrl` is `https://github.com/owner/name`. */
export function shownByRun(
  { record, runId, runUrl, callerChange }: RecordEvidence,
  repositoryUrl: string,
): Shown {
  const notices = callerChange === null ? [] : [changeNotice(callerChange, repositoryUrl)];
  return { record, url: runUrl, name: `Run ${runId}`, notices };
}

/** To be called only where somebody is asked, or the tag is protected. */
export function shownByTag(evidence: TagEvidence): Shown {
  const { record, url, tag } = evidence;
  return { record, url, name: `Tag ${tag}`, notices: unprotectedNotices(evidence) };
}

/** Empty for a protected tag. */
export function unprotectedNotices({
  tag,
  unprotected,
}: Pick<TagEvidence, 'tag' | 'unprotected'>): readonly string[] {
  if (unprotected.length === 0) return [];
  const rules = unprotected.join(', ');
  return [
    `The tag ${tag} is unprotected: no ruleset limits its ${rules}, so whoever may push could have set it. Protect v* under Settings → Rules.`,
  ];
}

function changeNotice({ path, commit, production }: CallerChange, repositoryUrl: string): string {
  const address = `${repositoryUrl}/compare/${production}...${commit}`;
  return `${path} at ${commit.slice(0, 12)}, with which staging ran, is not that of production before the merge: ${address}`;
}
