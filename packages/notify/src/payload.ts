// The body of a webhook, in the shape Standard Webhooks recommends: type, timestamp, data.
import type { Sending } from './sending.js';

/** Bytes; receivers may refuse more. */
const largest = 20 * 1024;

/** The same bytes for every try; without the record when it is too large with it, null when even that is. */
export function webhookBody({ message, scope, timestamp }: Sending): string | null {
  const { event, repository, ref, commit, actor, run, data, record } = scope;
  const rest = {
    event,
    repository,
    ref,
    commit,
    actor,
    run,
    subject: message.subject,
    text: message.text,
    data,
  };
  const bodyOf = (content: object): string =>
    JSON.stringify({ type: `headgate.${event}`, timestamp, data: content });
  const candidates = [bodyOf({ ...rest, record }), bodyOf({ ...rest, record: null, recordOmitted: true })];
  return candidates.find((body) => Buffer.byteLength(body) <= largest) ?? null;
}
