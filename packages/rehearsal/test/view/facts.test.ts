// What is shown besides the steps: one digest in several environments, approvals, tags, mail.
import type { DeliveryRecord } from '@headgate/kit/record';
import type { ApprovalPart } from '@headgate/kit/record-parts';
import { describe, expect, it } from '@jest/globals';
import { factLines } from '../../src/view/facts.js';
import { step, story } from './states.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const approval: ApprovalPart = {
  environment: 'production',
  subject: digest('c'),
  decision: 'approved',
  url: 'http://127.0.0.1/octo/shop/pull/7',
  deadline: '2026-11-22T00:00:00Z',
  approvers: [
    { login: 'ada', group: 'engineering', at: '2026-11-21T00:00:00Z', comment: '1' },
    { login: 'linus', group: 'operations', at: '2026-11-21T00:00:01Z', comment: '2' },
  ],
};
const record = (decision: ApprovalPart['decision']): DeliveryRecord =>
  ({ images: [], approvals: [{ ...approval, decision }] }) as unknown as DeliveryRecord;

describe('facts', () => {
  it('say that one digest runs in several environments, and nothing of one that does not', () => {
    const running = [
      { image: 'shop', environment: 'staging', digest: digest('a'), instances: 2 },
      { image: 'shop', environment: 'production', digest: digest('a'), instances: 2 },
      { image: 'shop', environment: 'integration', digest: digest('b'), instances: 1 },
    ];

    expect(factLines(story({ running })).filter((line) => line.startsWith('digest'))).toEqual([
      'digest of shop: the same in staging and production',
    ]);
  });

  it('name the step that built what runs, not one that took it over', () => {
    const shown = (reusedFrom: string | null): DeliveryRecord =>
      ({
        images: [{ name: 'shop', digest: digest('a'), reusedFrom }],
        approvals: [],
      }) as unknown as DeliveryRecord;
    const steps = [step('Built', { record: shown(null) }), step('Promoted', { record: shown('run 1') })];
    const running = [{ image: 'shop', environment: 'production', digest: digest('a'), instances: 2 }];

    expect(factLines(story({ steps, running }))).toEqual([
      `image shop: 2 × ${digest('a')} running in production = built in "Built"`,
    ]);
  });

  it('show the newest word on a request, with who said it', () => {
    const steps = [
      step('Merged', { record: record('pending') }),
      step('Approved', { record: record('approved') }),
    ];

    expect(factLines(story({ steps }))).toEqual([
      'approval for production: approved by ada (engineering), linus (operations), subject cccccccccccc',
    ]);
  });

  it.each([
    [true, 'tags  v1.0.0; master is an ancestor of develop'],
    [false, 'tags  v1.0.0; master is NOT an ancestor of develop'],
  ])('say of a release whether it was merged back: %s', (done, line) => {
    const repository = { branches: [], tags: ['v1.0.0'] };

    const lines = factLines(story({ repository, backMerge: { branch: 'master', into: 'develop', done } }));

    expect(lines).toEqual([line]);
  });

  it('name the mails, which cannot move the cursor', () => {
    const mail = [{ to: 'team@example.com', subject: 'Released\u001b[2J' }];

    expect(factLines(story({ mail }))).toEqual(['mail  1 sent: "Released\uFFFD[2J"']);
  });
});
