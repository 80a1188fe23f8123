// The inputs of notify, typed; everything that can be judged without asking anybody is judged here.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader, type InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { type Channel, parseChannels } from './channels.js';

export const inputSpecs = {
  ...commonInputs,
  event: { default: '', required: true },
  channels: { default: '' },
  'notify-secrets': { default: '' },
  subject: { default: '' },
  template: { default: '' },
  'html-template': { default: '' },
  data: { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  'github-token': { default: '' },
  deadline: { default: '20s' },
} as const satisfies InputSpecs;

export type InputName = keyof typeof inputSpecs;

export const outputNames = ['deliveries', 'delivered', 'failed'] as const;

/** No outage of a mail server or webhook may hold a delivery longer. Milliseconds. */
const longestDeadline = 20_000;
const longestTemplate = 64 * 1024;

export interface RecordSource {
  readonly artifactId: string;
  readonly digest: string;
  readonly token: string;
}

export interface Inputs {
  /** '' when the step is used alone. */
  readonly leg: string;
  readonly event: string;
  readonly channels: readonly Channel[];
  readonly secrets: SecretMap;
  /** Liquid; '' for the built-in one, as the two below. */
  readonly subject: string;
  readonly template: string;
  readonly htmlTemplate: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly record: RecordSource | null;
  /** Milliseconds for all channels together. */
  readonly deadlineMs: number;
}

type Reader = InputReader<InputName>;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const secrets = reader.secretMap('notify-secrets');
  return {
    leg: reader.text('leg'),
    event: readEvent(reader),
    channels: parseChannels(reader.yaml('channels')),
    secrets,
    subject: readSubject(reader),
    template: readTemplate(reader, 'template'),
    htmlTemplate: readTemplate(reader, 'html-template'),
    data: readData(reader),
    record: readRecordSource(reader),
    deadlineMs: readDeadline(reader),
  };
}

function readEvent(reader: Reader): string {
  const event = reader.text('event');
  if (/^[a-z][a-z0-9-]{0,63}$/.test(event)) return event;
  throw new InputError(
    'event',
    `a word such as deployed or approval-requested was expected, ${JSON.stringify(event.slice(0, 80))} was found`,
    'Write lower-case letters, digits and dashes.',
  );
}

function readSubject(reader: Reader): string {
  const subject = readTemplate(reader, 'subject');
  if (!/[\r\n]/.test(subject)) return subject;
  throw new InputError(
    'subject',
    'it has a line break, which would begin another mail header',
    'Write it on one line.',
  );
}

function readTemplate(reader: Reader, name: 'subject' | 'template' | 'html-template'): string {
  const text = reader.text(name);
  if (Buffer.byteLength(text) <= longestTemplate) return text;
  throw new InputError(name, `it is longer than ${longestTemplate} bytes`, 'Shorten it.');
}

function readData(reader: Reader): Readonly<Record<string, unknown>> {
  const { from, value } = reader.raw('data');
  if (value === '' || value === null) return {};
  const data: unknown = from === 'settings' ? value : parseJson(String(value));
  if (typeof data === 'object' && data !== null && !Array.isArray(data))
    return data as Record<string, unknown>;
  throw new InputError('data', 'a JSON object was expected', 'Write for example {"environment": "staging"}.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      'data',
      'it is not JSON',
      'Make it with toJSON(…), which quotes what it carries.',
      cause,
    );
  }
}

function readRecordSource(reader: Reader): RecordSource | null {
  const [artifactId, digest] = [reader.text('record-artifact-id'), reader.text('record-digest')];
  const token = reader.text('github-token');
  if (artifactId === '' && digest === '') return null;
  if (token !== '') return { artifactId, digest, token };
  throw new InputError(
    'github-token',
    'it is needed to read the record and was not given',
    'Set github-token to a token with the permission actions: read.',
  );
}

function readDeadline(reader: Reader): number {
  const ms = reader.duration('deadline');
  if (ms > 0 && ms <= longestDeadline) return ms;
  throw new InputError('deadline', 'a time above 0 and up to 20s was expected', 'Write for example 10s.');
}
