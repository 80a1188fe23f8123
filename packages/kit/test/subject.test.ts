// The subject of an approval: the same for the same content in any order, another for any change; published vectors.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DeliveryRecord, emptyRecord } from '../src/record.js';
import type { PlanPart } from '../src/record-parts.js';
import {
  createSubject,
  differingMembers,
  type SubjectParts,
  subjectDigest,
  subjectOfRecord,
} from '../src/subject.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const smallest: SubjectParts = {
  repository: 'acme/shop',
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  version: null,
  environment: 'staging',
  images: [],
  machineImages: [],
  plans: [],
  configurationDigest: '',
};
const usual: SubjectParts = {
  ...smallest,
  version: '1.0.0',
  environment: 'production',
  images: [{ name: 'shop', digest: digest('1') }],
  plans: [{ directory: 'infra', workspace: 'default', fileDigest: digest('2'), meaningDigest: digest('3') }],
  configurationDigest: digest('4'),
};
const largest: SubjectParts = {
  ...usual,
  environment: 'production é',
  images: [
    { name: 'web', digest: digest('5') },
    { name: 'api', digest: digest('6') },
  ],
  machineImages: [
    { builder: 'amazon-ebs.base', region: 'eu-west-1', id: 'ami-2' },
    { builder: 'amazon-ebs.base', region: 'eu-central-1', id: 'ami-1' },
    { builder: 'alicloud-ecs.base', region: 'cn-beijing', id: 'm-1' },
  ],
  plans: [
    { directory: 'infra', workspace: 'green', fileDigest: digest('7'), meaningDigest: digest('8') },
    { directory: 'infra', workspace: 'blue', fileDigest: digest('9'), meaningDigest: digest('a') },
  ],
};

describe('the published vectors of schema 1', () => {
  it.each<[string, SubjectParts, string]>([
    [
      'nothing but a commit',
      smallest,
      'sha256:0211f9cc61db556cb47c21487d908fba1d391f15c204ac5a37bd3c9da4fa77f5',
    ],
    ['an image and a plan', usual, 'sha256:b99317e9f72d5bd3309349e9bda712241efb23367c8398c34a91f1d8ee0b87ec'],
    [
      'several of everything, unsorted',
      largest,
      'sha256:4e424cf3d9248aee1466a1b94623eb80d38d32c4eb83333bb3d8c244cdc80755',
    ],
  ])('%s', (_, parts, expected) => {
    expect(subjectDigest(createSubject(parts))).toBe(expected);
  });
});

describe('a subject', () => {
  it('does not depend on the order of its lists', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...largest.machineImages], { minLength: 3 }),
        fc.shuffledSubarray([...largest.plans], { minLength: 2 }),
        (machineImages, plans) => {
          expect(subjectDigest(createSubject({ ...largest, machineImages, plans }))).toBe(
            subjectDigest(createSubject(largest)),
          );
        },
      ),
    );
  });

  it.each<[string, Partial<SubjectParts>]>([
    ['commit', { commit: 'c'.repeat(40) }],
    ['version', { version: '1.0.1' }],
    ['environment', { environment: 'staging' }],
    ['images', { images: [] }],
    ['machineImages', { machineImages: [{ builder: 'file.a', region: '', id: 'x' }] }],
    ['plans', { plans: usual.plans.map((plan) => ({ ...plan, meaningDigest: digest('f') })) }],
    ['configurationDigest', { configurationDigest: digest('e') }],
  ])('is another with another %s, and the difference is named', (name, change) => {
    const [before, after] = [createSubject(usual), createSubject({ ...usual, ...change })];

    expect(subjectDigest(after)).not.toBe(subjectDigest(before));
    expect(differingMembers(after, before)).toEqual([name]);
  });

  it('takes from a record the plans made for its environment, and not those applied', () => {
    const part = (outcome: PlanPart['outcome'], environment: string): PlanPart => ({
      directory: 'infra',
      workspace: 'default',
      environment,
      outcome,
      fileDigest: digest('2'),
      meaningDigest: digest('3'),
      add: 1,
      change: 0,
      destroy: 0,
      artifact: null,
    });
    const run = { id: 1, attempt: 1, url: '' };
    const flow = {
      application: 'shop',
      event: 'push',
      ref: '',
      branchKind: 'production',
      actor: 'dana',
      run,
    };
    const { repository, commit, tree } = usual;
    const record = {
      ...emptyRecord({ ...flow, repository, commit, tree, version: '1.0.0' }),
      plans: [part('planned', 'production'), part('applied', 'production'), part('planned', 'staging')],
    };

    const subject = subjectOfRecord(record, { environment: 'production', configurationDigest: digest('4') });

    expect(subject).toEqual(createSubject({ ...usual, images: [] }));
  });

  it('names the member that a plan of the record lacks', () => {
    const flow = {
      application: '',
      event: '',
      ref: '',
      branchKind: '',
      actor: '',
      run: { id: 1, attempt: 1, url: '' },
    };
    const { repository, commit, tree } = usual;
    const record = { ...emptyRecord({ ...flow, repository, commit, tree, version: null }), plans: [{}] };
    const claimed = record as unknown as DeliveryRecord;

    expect(() => subjectOfRecord(claimed, { environment: 'x', configurationDigest: '' })).toThrow(
      'record: plans: a text named outcome was expected in each',
    );
  });
});
