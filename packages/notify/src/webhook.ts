// One signed call of a webhook: judged address, no redirects, and never the address in a message.
import { ActionError } from '@headgate/kit/errors';
import type { Http, HttpResponse } from '@headgate/kit/http';
import type { Attempt, Fault } from './attempts.js';
import type { WebhookChannel } from './channels.js';
import { judgeDestination, type Lookup } from './destination.js';
import { webhookBody } from './payload.js';
import type { Sending } from './sending.js';
import { type SigningKey, signedHeaders } from './signature.js';

export interface WebhookSession {
  readonly channel: WebhookChannel;
  readonly url: URL;
  readonly key: SigningKey;
  readonly http: Http;
  readonly lookup: Lookup;
}

/** Calls once; every fault is an answer. The body is made once for all tries, time and signature for each. */
export async function callWebhook(
  session: WebhookSession,
  sending: Sending,
  signal: AbortSignal,
): Promise<Attempt> {
  const { channel, url, key, http, lookup } = session;
  const body = webhookBody(sending);
  if (body === null)
    return fault('payload-too-large', 'the payload is above 20 KB even without the record', false);
  const destination = await judgeDestination(url, channel.allow, lookup);
  if (destination.kind === 'unknown') return fault('webhook-unreachable', 'its host has no address', true);
  if (destination.kind === 'refused') return fault('webhook-address', destination.reason, false);
  const signed = { id: `msg_${sending.key}`, timestamp: sending.now(), body };
  try {
    const response = await http({
      url: url.href,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'headgate-notify',
        ...signedHeaders(signed, key),
      },
      body,
      address: destination.address,
      signal,
    });
    response.body.destroy();
    return judgeAnswer(response, sending.now());
  } catch (error) {
    return fault('webhook-unreachable', `the connection failed: ${causeOf(error)}`, true);
  }
}

function judgeAnswer({ status, headers }: HttpResponse, now: number): Attempt {
  if (status >= 200 && status <= 299) return { kind: 'delivered' };
  if (status >= 300 && status <= 399) {
    return fault('webhook-redirect', `it answered ${status}, and redirects are not followed`, false);
  }
  const retryable = status === 408 || status === 429 || status >= 500;
  const { 'retry-after': asked = '' } = headers;
  const wait = retryable ? retryAfter(asked, now) : null;
  return {
    ...fault('webhook-refused', `it answered ${status}`, retryable),
    ...(wait === null ? {} : { retryAfterMs: wait }),
  };
}

/** Seconds or an HTTP date, as milliseconds from now; null when it is neither. */
function retryAfter(text: string, now: number): number | null {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now * 1000);
}

/** The system's word for it; the message would hold the address. */
function causeOf(error: unknown): string {
  if (error instanceof ActionError && error.code === 'http-timed-out') return 'it did not answer in time';
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'no reason was given';
}

function fault(code: Fault['code'], message: string, retryable: boolean): Fault {
  return { kind: 'failed', code, message, retryable };
}
