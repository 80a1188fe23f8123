// The body of a webhook: its size, and that it is the same each time it is made.

import type { DeliveryRecord } from '@headgate/kit/record';
import { createRedactor } from '@headgate/kit/secrets';
import { createTestContext } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import { messageScope } from '../src/message-scope.js';
import { webhookBody } from '../src/payload.js';
import { idempotencyKey, type Sending } from '../src/sending.js';

const recordOf = (images: number): DeliveryRecord => ({
  schemaVersion: 1,
  flow: {
    application: 'shop',
    repository: 'acme/shop',
    event: 'push',
    ref: 'refs/heads/develop',
    branchKind: 'develop',
    version: '1.4.0',
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'dana',
    run: { id: 1000, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1000' },
  },
  images: Array.from({ length: images }, (_, index) => ({
    name: `image-${index}`,
    digest: `sha256:${'1'.repeat(64)}`,
    reference: null,
    tags: [],
    key: 'c'.repeat(64),
    platforms: [],
    reusedFrom: null,
  })),
  machineImages: [],
  plans: [],
  configurations: [],
  approvals: [],
  deployments: [],
  tests: [],
  timings: [],
});
const sendingOf = (record: DeliveryRecord): Sending => {
  const scope = messageScope(
    { event: 'deployed', data: {}, record },
    createTestContext(),
    createRedactor([]),
  );
  const message = { subject: scope.subject, text: 'text', html: '<p>text</p>' };
  return { message, scope, key: 'd'.repeat(32), timestamp: '2026-01-01T00:00:00.000Z', now: () => 0 };
};

describe('a payload', () => {
  it('carries the record', () => {
    const body = JSON.parse(webhookBody(sendingOf(recordOf(1))) ?? '') as { data: { record: unknown } };
    expect(body).toMatchObject({ type: 'headgate.deployed', data: { subject: 'shop 1.4.0' } });
    expect(body.data.record).toEqual(recordOf(1));
  });

  it('leaves a record out that would make it too large, and says so', () => {
    const body = webhookBody(sendingOf(recordOf(200))) ?? '';
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20 * 1024);
    expect(JSON.parse(body)).toMatchObject({ data: { record: null, recordOmitted: true } });
  });
});

describe('the idempotency key', () => {
  it('is another for each event, leg and channel of a run, and no attempt changes it', () => {
    const scope = sendingOf(recordOf(0)).scope;
    const again = { ...scope, run: { ...scope.run, attempt: 2 } };
    const keys = [
      idempotencyKey(scope, '', 'mail'),
      idempotencyKey(scope, '', 'hook'),
      idempotencyKey(scope, 'leg', 'mail'),
      idempotencyKey({ ...scope, event: 'failed' }, '', 'mail'),
      idempotencyKey({ ...scope, run: { ...scope.run, id: 1001 } }, '', 'mail'),
    ];

    expect(new Set(keys).size).toBe(keys.length);
    expect(idempotencyKey(again, '', 'mail')).toBe(keys[0]);
  });
});
