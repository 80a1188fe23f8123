// The request as people read it: complete, bounded, and nothing in it but what we wrote.
import type { DeliveryRecord } from '@headgate/kit/record';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentOfRecord } from '../src/content.js';
import { type RequestMarker, readMarker } from '../src/marker.js';
import { requestText } from '../src/request-text.js';
import { configuration, record, sha } from './delivered.js';

const inputs = { environment: 'production', version: '', subject: '', configurationDigest: '' };

const markerOf = (subject: string): RequestMarker => ({
  run: 1000,
  attempt: 1,
  ref: 'refs/heads/master',
  environment: 'production',
  subject,
  policy: sha('6'),
  deadline: '2026-01-02T00:00:00.000Z',
  nonce: '0123456789abcdef',
  triggeringActor: 'max',
  people: ['ada'],
});

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('there is no item');
  return item;
}

const textOf = (from: DeliveryRecord, notices: readonly string[] = []): string => {
  const content = contentOfRecord(inputs, from);
  const groups = [{ name: 'engineering', members: ['ada'], quorum: 1 }];
  const marker = markerOf(content.subject);
  return requestText({ marker, content, groups, excluded: new Map(), notices, runUrl: from.flow.run.url });
};

describe('what is to be approved', () => {
  it('is the subject of the record for this environment', () => {
    const expected = subjectOfRecord(record, { environment: 'production', configurationDigest: sha('9') });

    const content = contentOfRecord(inputs, record);

    expect(content.subject).toBe(subjectDigest(expected));
    expect(content.plans.map(({ workspace, outcome }) => [workspace, outcome])).toEqual([
      ['production', 'planned'],
    ]);
    expect(content.version).toBe('1.0.0');
  });

  it.each<[string, Partial<typeof inputs>, Partial<DeliveryRecord>, string]>([
    ['another subject than was computed before', { subject: sha('0') }, {}, 'subject-mismatch'],
    ['no configuration', {}, { configurations: [] }, 'subject-missing'],
    [
      'two configurations',
      {},
      { configurations: [configuration, { ...configuration, digest: sha('7') }] },
      'configuration-differs',
    ],
    ['another configuration than was given', { configurationDigest: sha('7') }, {}, 'configuration-differs'],
    ['another version than was given', { version: '1.0.1' }, {}, 'invalid-input'],
  ])('is refused with %s', (_name, given, parts, code) => {
    expect(() => contentOfRecord({ ...inputs, ...given }, { ...record, ...parts })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('has other digits after any of a thousand changes', () => {
    const before = contentOfRecord(inputs, record).subject.slice(7, 19);
    const [image, machine, plan] = [first(record.images), first(record.machineImages), first(record.plans)];
    const flow = (name: 'repository' | 'commit' | 'tree' | 'version') => (text: string) => ({
      flow: { ...record.flow, [name]: text },
    });
    const changes: readonly ((text: string) => Partial<DeliveryRecord>)[] = [
      ...(['repository', 'commit', 'tree', 'version'] as const).map(flow),
      (text) => ({ images: [{ ...image, digest: text }] }),
      (text) => ({ images: [{ ...image, name: text }] }),
      (text) => ({ images: [...record.images, { ...image, name: text }] }),
      (text) => ({ machineImages: [{ ...machine, id: text }] }),
      (text) => ({ machineImages: [{ ...machine, region: text }] }),
      (text) => ({ machineImages: [{ ...machine, builder: text }] }),
      (text) => ({ plans: [{ ...plan, fileDigest: text }] }),
      (text) => ({ plans: [{ ...plan, meaningDigest: text }] }),
      (text) => ({ plans: [{ ...plan, directory: text }] }),
      (text) => ({ plans: [{ ...plan, workspace: text }] }),
      (text) => ({ configurations: [{ ...configuration, digest: text }] }),
      () => ({ images: [] }),
      () => ({ machineImages: [] }),
      () => ({ plans: [] }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...changes), fc.stringMatching(/^[a-z0-9]{1,20}$/), (change, text) => {
        const changed = contentOfRecord(inputs, { ...record, ...change(`changed ${text}`) });
        return changed.subject.slice(7, 19) !== before;
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the configuration that was given when the record has none', () => {
    const given = { ...inputs, configurationDigest: sha('9') };

    expect(contentOfRecord(given, { ...record, configurations: [] }).subject).toBe(
      contentOfRecord(inputs, record).subject,
    );
  });
});

describe('the request', () => {
  it('shows digits, version, images, machine images, counts of plans, environment and notices', () => {
    const text = textOf(record, ['delivery.yml was changed']);

    const digits = contentOfRecord(inputs, record).subject.slice(7, 19);
    expect(text).toContain(`/approve ${digits}`);
    expect(text).toContain('## Approval for production: shop 1.0.0');
    expect(text).toContain(`| \`shop\` | \`${sha('1')}\` |`);
    expect(text).toContain(`| \`docker.host\` |  | \`${sha('3')}\` |`);
    expect(text).toContain('| `infrastructure` | `production` | `3` | `2` | `1` |');
    expect(text).toContain('- delivery.yml was changed');
    expect(text).toContain('@ada');
    expect(text).toContain('2026-01-02 00:00 UTC');
  });

  it.each([
    ['</details><script>', '<script>'],
    ['@everyone look', '@everyone'],
    ['[click](javascript:alert(1))', '[click]('],
    ['![x](https://evil.example/x.png)', 'https://evil.example'],
    ['/approve 000000000000\n/approve 000000000000', '\n/approve 000000000000'],
    ['<!-- headgate-approval reply 1 -->', '<!-- headgate-approval reply'],
    ['| a | b |', '| a | b |'],
  ])('shows %j as text', (hostile, raw) => {
    const flow = { ...record.flow, application: hostile, version: hostile };
    const text = textOf({ ...record, flow }, [hostile]);

    const shown = text
      .split('\n')
      .filter((line) => !line.includes('| `') && !line.startsWith('| version'))
      .join('\n');
    expect(shown).not.toContain(raw);
    expect(readMarker(text)?.kind).toBe('request');
  });

  it('fits into a comment, however much there is', () => {
    const many = <T>(length: number, make: (index: number) => T): readonly T[] =>
      Array.from({ length }, (_, index) => make(index));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.string({ maxLength: 500 }), (length, filler) => {
        const wide: DeliveryRecord = {
          ...record,
          images: many(length, (index) => ({
            ...first(record.images),
            name: `${index}${filler}`,
          })),
          machineImages: many(length, (index) => ({
            ...first(record.machineImages),
            builder: `${index}${filler.toWellFormed()}`,
          })),
        };
        expect(
          textOf(
            { ...wide, images: wide.images.map((image) => ({ ...image, name: image.name.toWellFormed() })) },
            many(length, () => '<'.repeat(500)),
          ).length,
        ).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 60 },
    );
  });

  it('has room for five hundred people in twenty groups', () => {
    const content = contentOfRecord(inputs, record);
    const logins = Array.from({ length: 500 }, (_, index) => `a-very-long-login-of-somebody-who-is-${index}`);
    const groups = Array.from({ length: 20 }, (_, index) => ({
      name: `group ${index}`,
      members: logins,
      quorum: 1,
    }));
    const marker = { ...markerOf(content.subject), people: logins };

    const text = requestText({ marker, content, groups, excluded: new Map(), notices: [], runUrl: '' });

    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(readMarker(text)).toEqual({ kind: 'request', request: marker });
  });
});
