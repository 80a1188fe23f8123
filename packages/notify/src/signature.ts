// Signatures of webhooks as Standard Webhooks 1.0 has them.
import { createHmac } from 'node:crypto';

/** 24 to 64 bytes, as the specification wants them. */
export type SigningKey = Uint8Array;

/** The key in `whsec_<base64>`, or null when it is of another form or length. */
export function parseSigningKey(text: string): SigningKey | null {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  if (encoded === undefined) return null;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}

export interface SignedContent {
  /** The same for every try: the receiver's idempotency key. */
  readonly id: string;
  /** Seconds since the epoch, of this try. */
  readonly timestamp: number;
  readonly body: string;
}

/** The headers that prove id, time and body to whoever has the key. */
export function signedHeaders(
  { id, timestamp, body }: SignedContent,
  key: SigningKey,
): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
