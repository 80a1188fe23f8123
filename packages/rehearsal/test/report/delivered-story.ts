// A story with everything a report can show; names are what an attacker would call them where they may be chosen.
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import type { TrafficReport } from '../../src/parts/traffic-tally.js';
import type { StoryResult } from '../../src/story/result.js';
import { job, run, step, story } from '../view/states.js';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** Would run, load, break out of an attribute or turn the line around if it were not text. */
export const hostile = `"><script>document.title='owned'</script><img src=x onerror=alert(1)>\u202e&lt;`;

export function record(runId: number, changes: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const flow = {
    application: 'shop',
    repository: 'octo/shop',
    event: 'push',
    ref: 'refs/heads/release/1.0.0',
    branchKind: 'release',
    version: '1.0.0',
    commit: String(runId).repeat(40),
    tree: 'e'.repeat(40),
    actor: 'ada',
    run: { id: runId, attempt: 1, url: 'http://127.0.0.1:1/octo/shop/actions/runs/1' },
  };
  return { ...emptyRecord(flow), images: [image(null)], ...changes };
}

export function image(reusedFrom: string | null): DeliveryRecord['images'][number] {
  const platforms = [{ platform: 'linux/amd64', compressed: 48_200_000, uncompressed: 131_000_000 }];
  const digests = { digest: digest('a'), reference: null, key: 'b'.repeat(64) };
  return { name: 'shop', ...digests, tags: ['1.0.0'], platforms, reusedFrom };
}

export function deployment(environment: string): DeliveryRecord['deployments'][number] {
  const place = { target: 'web', environment, service: 'web', image: 'shop', digest: digest('a') };
  return { ...place, replaced: null, instances: 2, outcome: 'deployed', url: null };
}

const staged = record(1, {
  machineImages: [
    {
      template: 'host',
      builder: 'docker.host',
      type: 'docker',
      region: '',
      id: digest('c'),
      artifactId: digest('c'),
      files: [],
    },
  ],
  plans: [
    {
      directory: 'infrastructure',
      workspace: hostile,
      environment: 'staging',
      outcome: 'applied',
      fileDigest: digest('d'),
      meaningDigest: digest('e'),
      add: 3,
      change: 0,
      destroy: 0,
      artifact: null,
    },
  ],
  deployments: [deployment('staging')],
});

const released = record(2, {
  images: [image('http://127.0.0.1:1/octo/shop/actions/runs/1')],
  deployments: [deployment('production')],
  approvals: [
    {
      environment: 'production',
      subject: digest('f'),
      decision: 'approved',
      url: 'http://127.0.0.1:1/octo/shop/issues/3',
      deadline: '2026-11-22T08:00:00Z',
      approvers: [{ login: 'grace', group: 'engineering', at: '2026-11-21T08:40:05Z', comment: hostile }],
    },
  ],
});

/** Two old instances, of which one hands over to a new one. */
export const swap: TrafficReport = {
  environment: 'production',
  samples: Array.from({ length: 40 }, (_, index) => ({
    atMs: index * 300,
    answers: new Map(
      index < 20
        ? [
            ['a:5001', 30],
            ['a:5002', 30],
          ]
        : [
            ['a:5002', 30],
            ['a:5003', 30],
          ],
    ),
  })),
  images: new Map([
    ['a:5001', `127.0.0.1:5000/octo/shop@${digest('9')}`],
    ['a:5002', `127.0.0.1:5000/octo/shop@${digest('9')}`],
    ['a:5003', `127.0.0.1:5000/octo/shop@${digest('a')}`],
  ]),
};

/** @param name of the story, a step, a job, a mail and a branch */
export function deliveredStory(name = 'first-release'): StoryResult {
  const annotations = [
    { level: 'failure', message: `${name} was not healthy\nRaise the deadline.` } as const,
  ];
  const times = { startedAt: 5_000, completedAt: 9_000 };
  const failed = job(`flow / ${name}`, { conclusion: 'failure', ...times, annotations });
  const skipped = job('flow / later', { conclusion: 'skipped', startedAt: null, completedAt: null });
  const first = run([job('flow / decide'), failed, skipped], {
    id: 1,
    headBranch: name,
    conclusion: 'failure',
  });
  const second = run([job('flow / deploy / target (web)')], {
    id: 2,
    number: 2,
    createdAt: 10_000,
    completedAt: 20_000,
  });
  return story({
    story: name,
    steps: [
      step(name, { runs: [first], record: staged }),
      step('Merged', { runs: [second], record: released, ok: false, problems: [`${name}\nsecond line`] }),
    ],
    notPlayed: ['Celebrated'],
    load: {
      requests: 30_001,
      failed: 0,
      p50ms: 1.1,
      p99ms: 7,
      elapsedMs: 43_000,
      rate: 700,
      sinceFirst: 0,
      window: { requests: 20_001, failed: 0, p50ms: 1.2, p99ms: 8, elapsedMs: 28_600 },
      failures: [],
    },
    traffic: swap,
    running: [{ image: 'shop', environment: 'production', digest: digest('a'), instances: 2 }],
    mail: [{ to: 'team@example.com', subject: name }],
    repository: { branches: ['develop', 'master'], tags: ['v1.0.0'] },
    backMerge: { branch: 'master', into: 'develop', done: true },
  });
}
