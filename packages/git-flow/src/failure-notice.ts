// What a notice of a failed run tells: for each leg the cause, the place, the next action and the log. Bounded.
import { placeText } from '@headgate/kit/failure';
import { placeUrl } from '@headgate/kit/failure-text';
import type { FailedLeg } from './failed-legs.js';

/** A webhook takes 20 KiB; mail readers want less. */
const mostLegs = 8;
const longestText = 600;

export interface NoticeParts {
  /** What the decision wants the notice to say besides. */
  readonly data: unknown;
  readonly links: (failed: FailedLeg) => { readonly filesUrl: string; readonly logUrl: string };
}

export type FailureNotice = Readonly<Record<string, unknown>>;

export function failureNotice(found: readonly FailedLeg[], { data, links }: NoticeParts): FailureNotice {
  const failures = found.slice(0, mostLegs).map((failed) => {
    const { title, failure } = failed;
    const { filesUrl, logUrl } = links(failed);
    return {
      what: shortened(title),
      code: failure.code,
      message: shortened(failure.message),
      next: shortened(failure.hint),
      place: shortened(placeText(failure)),
      'place-url': placeUrl(filesUrl, failure),
      'log-url': logUrl,
    };
  });
  const more = found.length - failures.length;
  return {
    ...(typeof data === 'object' && data !== null ? data : {}),
    ...(more === 0 ? {} : { 'more-failures': more }),
    failures,
  };
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1).toWellFormed()}…`;
}
