// Channels as they are written: what is accepted, and what is refused with the place named.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseChannels } from '../src/channels.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { parseMailAddress } from '../src/mail-address.js';

const smtp = { type: 'smtp', host: 'smtp.example.com', from: 'a@example.com', to: 'b@example.com' };
const webhook = { type: 'webhook', url: { secret: 'url' }, secret: { secret: 'key' } };

describe('channels', () => {
  it('take their defaults', () => {
    expect(parseChannels([smtp, webhook])).toEqual([
      {
        type: 'smtp',
        name: 'smtp-1',
        required: false,
        host: 'smtp.example.com',
        port: 587,
        from: { name: '', address: 'a@example.com' },
        to: [{ name: '', address: 'b@example.com' }],
        startTls: 'required',
        login: null,
        caFile: null,
      },
      {
        type: 'webhook',
        name: 'webhook-2',
        required: false,
        url: { kind: 'secret', name: 'url' },
        secret: 'key',
        allow: [],
      },
    ]);
    expect(parseChannels(null)).toEqual([]);
  });

  it.each([
    ['channels', { type: 'smtp' }],
    ['channels[0]', ['smtp']],
    ['channels[0].type', [{ type: 'slack' }]],
    ['channels[0]: "hots"', [{ ...smtp, hots: 'x' }]],
    ['channels[0].host', [{ ...smtp, host: 'a b' }]],
    ['channels[0].host', [{ ...smtp, host: 'a\r\nb' }]],
    ['channels[0].port', [{ ...smtp, port: '587' }]],
    ['channels[0].port', [{ ...smtp, port: 0 }]],
    ['channels[0].to', [{ ...smtp, to: [] }]],
    ['channels[0].to', [{ ...smtp, to: ['a@example.com, b@example.com'] }]],
    ['channels[0].to', [{ ...smtp, to: ['a@example.com\r\nBcc: b@example.com'] }]],
    ['channels[0].from', [{ ...smtp, from: 'A\r\nBcc: b@example.com <a@example.com>' }]],
    ['channels[0].starttls', [{ ...smtp, starttls: 'maybe' }]],
    ['channels[0].password', [{ ...smtp, username: 'dana', password: 'hunter2hunter2' }]],
    ['channels[0].username', [{ ...smtp, password: { secret: 'x' } }]],
    ['channels[0].starttls', [{ ...smtp, username: 'dana', password: { secret: 'x' }, starttls: 'none' }]],
    [
      'channels[0].starttls',
      [{ ...smtp, username: 'dana', password: { secret: 'x' }, starttls: 'opportunistic' }],
    ],
    ['channels[0].required', [{ ...smtp, required: 'yes' }]],
    [
      'channels: two channels',
      [
        { ...smtp, name: 'a' },
        { ...smtp, name: 'a' },
      ],
    ],
    ['channels[0].url', [{ ...webhook, url: 'ftp://example.com/' }]],
    ['channels[0].url', [{ ...webhook, url: 'https://user:secret@example.com/' }]],
    ['channels[0].secret', [{ ...webhook, secret: 'whsec_abc' }]],
    ['channels[0].allow', [{ ...webhook, allow: ['everything'] }]],
  ])('name %s in %j', (place, value) => {
    expect(() => parseChannels(value)).toThrow(place);
  });

  it('never quote a secret that stands where its name should', () => {
    const wrong = [{ ...smtp, username: 'dana', password: 'hunter2hunter2' }];
    expect(() => parseChannels(wrong)).not.toThrow('hunter2');
    expect(() => parseChannels([{ ...webhook, url: 'https://x:hunter2@example.com' }])).not.toThrow(
      'hunter2',
    );
  });
});

describe('a mail address', () => {
  it.each([
    ['a@example.com', { name: '', address: 'a@example.com' }],
    ['Dana D. <dana+x@mail.example.com>', { name: 'Dana D.', address: 'dana+x@mail.example.com' }],
    ['"Ops, Team" <ops@example.com>', { name: 'Ops, Team', address: 'ops@example.com' }],
    ['root@localhost', { name: '', address: 'root@localhost' }],
  ])('is read from %j', (text, expected) => {
    expect(parseMailAddress(text, 'to')).toEqual(expected);
  });

  it('never lets a line break, a second address or a list through', () => {
    const piece = fc.constantFrom(
      'a@b.c',
      '<',
      '>',
      ',',
      ';',
      '\r\n',
      '\n',
      ' ',
      'Bcc: x@y.z',
      '"',
      'Name',
      '@',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let address: { name: string; address: string };
        try {
          address = parseMailAddress(pieces.join(''), 'to');
        } catch {
          return;
        }
        expect(address.address).toMatch(/^[^\s<>,;"@]+@[^\s<>,;"@]+$/);
        expect(address.name).not.toMatch(/[\r\n<>]/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the inputs', () => {
  const read = (inputs: Readonly<Record<string, string>>) =>
    readInputs(createInputReader(inputSpecs, createTestCore({ event: 'deployed', ...inputs })));

  it('come from settings too', () => {
    const inputs = read({
      event: '',
      settings: JSON.stringify({ event: 'failed', channels: [smtp], data: { a: 1 } }),
    });

    expect(inputs).toMatchObject({ event: 'failed', data: { a: 1 }, deadlineMs: 20_000, record: null });
    expect(inputs.channels).toHaveLength(1);
  });

  it.each([
    ['event', { event: 'Deployed!' }],
    ['subject', { subject: 'a\nBcc: b' }],
    ['data', { data: '[1]' }],
    ['data', { data: '{' }],
    ['deadline', { deadline: '21s' }],
    ['github-token', { 'record-artifact-id': '7', 'record-digest': 'sha256:0' }],
    ['notify-secrets', { 'notify-secrets': 'pin: "1234"' }],
    ['template', { template: 'x'.repeat(70_000) }],
  ])('name %s when it is wrong', (name, inputs) => {
    expect(() => read(inputs)).toThrow(new RegExp(`^${name}: `));
  });
});
