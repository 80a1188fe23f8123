// What a story says about customers: when they begin to ask, how long they go on, what must hold at the end.
import * as v from 'valibot';
import { count, duration, filled, requestHeaders, requestPath } from './story-values.js';

export const startLoad = v.strictObject({
  environment: filled,
  /** Customers of one host; of all its hosts in turn unless said. */
  host: v.optional(filled),
  /** Requests offered each second, whatever the answers do. */
  rate: v.pipe(v.number(), v.minValue(1, 'at least one a second'), v.maxValue(5000, 'at most 5000 a second')),
  requests: v.pipe(
    v.array(
      v.strictObject({
        method: v.optional(v.picklist(['GET', 'POST']), 'GET'),
        path: requestPath,
        body: v.optional(v.string()),
        headers: v.optional(requestHeaders, {}),
      }),
    ),
    v.minLength(1, 'at least one request'),
  ),
  timeout: v.optional(duration, '10s'),
});

export const stopLoad = v.strictObject({
  /** Requests between the first instance that left the traffic and the last one that was drained; all if none left. */
  'at-least': v.optional(count, 1),
  /** Requests that may fail from the first one to the last. */
  failed: v.optional(count, 0),
  /** The slowest hundredth may take this long, counted from when each request was due. */
  p99: v.optional(duration),
});

/** Customers go on asking until so many requests were made since the first instance left the traffic. */
export const keepLoad = v.strictObject({ 'at-least': count });
