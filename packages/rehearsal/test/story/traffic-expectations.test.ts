// Which part of the customers' requests a version gets, as a story expects it.
import { type DeliveryRecord, emptyRecord, type FlowPart } from '@headgate/kit/record';
import { describe, expect, it } from '@jest/globals';
import type { TrafficReport, TrafficSample } from '../../src/parts/traffic-tally.js';
import type { Wanted } from '../../src/story/expectation-schema.js';
import { judgeTraffic, type TrafficEvidence } from '../../src/story/traffic-expectations.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const flow: FlowPart = {
  application: 'shop',
  repository: 'octo/shop',
  event: 'push',
  ref: 'refs/heads/develop',
  branchKind: 'development',
  version: null,
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  actor: 'mona',
  run: { id: 1, attempt: 1, url: 'http://127.0.0.1/run' },
};
const built = (letter: string): DeliveryRecord => {
  const image = { name: 'shop', digest: digest(letter), reference: null, tags: [], key: letter.repeat(64) };
  return { ...emptyRecord(flow), images: [{ ...image, platforms: [], reusedFrom: null }] };
};

const former = '127.0.0.1:5001';
const fresh = '10.146.0.77:3000';
const images = new Map([
  [former, `127.0.0.1:5000/octo/shop@${digest('a')}`],
  [fresh, `127.0.0.1:5000/octo/shop@${digest('b')}`],
]);
const sample = (...answers: readonly (readonly [string, number])[]): TrafficSample => {
  return { atMs: 0, answers: new Map(answers) };
};
const report = (...samples: readonly TrafficSample[]): TrafficReport => {
  return { environment: 'staging', samples, images };
};

function verdict(wanted: Partial<Wanted<'traffic'>>, seen: Partial<TrafficEvidence> = {}): string | null {
  const evidence = {
    record: built('b'),
    records: new Map([['First', built('a')]]),
    traffic: report(),
    ...seen,
  };
  return judgeTraffic({ image: 'shop', percent: 25, ...wanted }, evidence);
}

describe('the part of the traffic', () => {
  const steady = report(
    sample([former, 1_000]),
    sample([former, 45], [fresh, 15]),
    sample([former, 45], [fresh, 15]),
  );

  it('is that of the newest answers: what was before a share was set does not count', () => {
    expect(verdict({}, { traffic: steady })).toBeNull();
    expect(verdict({ percent: 75, 'built-in': 'First' }, { traffic: steady })).toBeNull();
  });

  it.each([22, 28])('may be counted within a round of the proxy: %d is near enough', (percent) => {
    expect(verdict({ percent }, { traffic: steady })).toBeNull();
  });

  it.each([21, 29, 100])('%d %% is another part', (percent) => {
    expect(verdict({ percent }, { traffic: steady })).toBe(
      `${percent} % of the requests to staging were expected to be answered by shop@${digest('b')}; of the newest 120 it answered 25.0 %`,
    );
  });

  it('of an instance that nobody knows is nobody’s', () => {
    const traffic = report(sample([former, 75], ['127.0.0.1:5003', 25]));

    expect(verdict({}, { traffic })).toContain('of the newest 100 it answered 0.0 %');
    expect(verdict({ percent: 0 }, { traffic })).toBeNull();
  });

  it.each<readonly [string, Partial<TrafficEvidence>, string]>([
    [
      'few answers',
      { traffic: report(sample([former, 99])) },
      '100 answers in staging were expected, 99 were seen',
    ],
    ['no load', { traffic: null }, 'put a start-load step before this one'],
    ['no record', { record: null, traffic: steady }, 'no record says which digest of shop was built'],
  ])('cannot be told from %s', (_, seen, problem) => {
    expect(verdict({}, seen)).toContain(problem);
  });
});
