// What every channel gets to send, and the names by which a receiver knows a message again.
import { sha256Hex } from '@headgate/kit/digest';
import type { MessageScope } from './message-scope.js';
import type { Message } from './rendering.js';

export interface Sending {
  readonly message: Message;
  readonly scope: MessageScope;
  /** 32 hex digits: the same for every try and every re-run of this run, another for each channel. */
  readonly key: string;
  /** ISO 8601, when the message was made: part of the body, which every try repeats. */
  readonly timestamp: string;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Run, event and leg: a receiver that has seen the key has seen the message. */
export function idempotencyKey(scope: MessageScope, leg: string, channel: string): string {
  const parts = [scope.repository, String(scope.run.id), scope.event, leg, channel];
  return sha256Hex(JSON.stringify(parts)).slice(0, 32);
}
