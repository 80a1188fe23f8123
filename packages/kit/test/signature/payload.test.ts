// What is signed, to the byte, and what signed bytes must say to count.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { payloadProblem, signaturePayload } from '../../src/signature/payload.js';

const digest = `sha256:${'a'.repeat(64)}`;
const digests = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `sha256:${Buffer.from(bytes).toString('hex')}`);

describe('the payload', () => {
  it('is what cosign signs for the same image, byte for byte', () => {
    expect(signaturePayload('ghcr.io/acme/shop', digest).toString()).toBe(
      `{"critical":{"identity":{"docker-reference":"ghcr.io/acme/shop"},"image":{"docker-manifest-digest":"${digest}"},"type":"cosign container image signature"},"optional":null}`,
    );
  });

  it('speaks for its own digest and for no other, under any name', () => {
    fc.assert(
      fc.property(digests, digests, fc.string(), (own, other, name) => {
        const payload = signaturePayload(name, own);
        expect(payloadProblem(payload, own)).toBeNull();
        expect(payloadProblem(payload, other) === null).toBe(own === other);
      }),
    );
  });
});

describe('signed bytes', () => {
  const of = (critical: unknown): Buffer => Buffer.from(JSON.stringify({ critical }));
  const image = { 'docker-manifest-digest': digest };
  const type = 'cosign container image signature';

  it.each([
    ['no JSON', Buffer.from('{"critical"'), 'it signs something that is no image'],
    ['null', Buffer.from('null'), 'it signs something that is no image'],
    ['a list', Buffer.from('[]'), 'it signs something that is no image'],
    [
      'another type',
      of({ image, type: 'atomic container signature' }),
      'it signs something that is no image',
    ],
    ['no digest', of({ image: {}, type }), 'it is for no digest'],
    [
      'a digest that is a list',
      of({ image: { 'docker-manifest-digest': [digest] }, type }),
      'it is for no digest',
    ],
    [
      'another digest',
      signaturePayload('x', `sha256:${'b'.repeat(64)}`),
      `it is for "sha256:${'b'.repeat(64)}"`,
    ],
    ['a long text for a digest', signaturePayload('x', 'y'.repeat(500)), `it is for "${'y'.repeat(80)}"`],
  ])('of %s do not count', (_, payload, problem) => {
    expect(payloadProblem(payload, digest)).toBe(problem);
  });

  it('of any kind are judged without an exception, in few words', () => {
    const json = fc.json().map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json), (payload) => {
        expect(payloadProblem(payload, digest)?.length).toBeLessThan(200);
      }),
    );
  });
});
