// What templates see: the event, the run, the caller's data and the record, with known secrets taken out.
import type { Context } from '@headgate/kit/context';
import type { DeliveryRecord } from '@headgate/kit/record';
import type { Redactor } from '@headgate/kit/secrets';
import { type FailedPart, failedParts, isWebAddress } from './failed-parts.js';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface MessageScope {
  readonly event: string;
  /** Application and version where they are known, else the repository. */
  readonly subject: string;
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  readonly actor: string;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly record: DeliveryRecord | null;
  /** What failed, when the notice tells of a failure. */
  readonly failures: readonly FailedPart[];
  /** The plain values of `data` and what the record says, one a line in the built-in templates. */
  readonly facts: readonly Fact[];
  /** Where to look: `data.url`, then the run. Only http and https. */
  readonly links: readonly Fact[];
}

export interface ScopeParts {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly record: DeliveryRecord | null;
}

/** Members of `data` with a place of their own in the built-in templates. */
const placed = ['url', 'text', 'application', 'version'];

/** Builds the scope; strings of data and record pass the redactor, because masks protect logs only. */
export function messageScope(
  { event, ...parts }: ScopeParts,
  context: Context,
  redactor: Redactor,
): MessageScope {
  const data = redacted(parts.data, redactor) as Readonly<Record<string, unknown>>;
  const record = redacted(parts.record, redactor) as DeliveryRecord | null;
  const { runId, runAttempt, runUrl } = context;
  // Of a release that is brought back: its own, not the one that the run was started on.
  const commit = record?.flow.commit ?? context.sha;
  return {
    event,
    subject: subjectOf(data, record, context),
    repository: context.repository.fullName,
    ref: context.ref,
    commit,
    actor: context.actor,
    run: { id: runId, attempt: runAttempt, url: runUrl },
    data,
    record,
    failures: failedParts(data['failures']),
    facts: [...dataFacts(data), ...recordFacts(record), { label: 'Commit', value: commit.slice(0, 12) }],
    links: [
      { label: 'Open', value: data['url'] },
      { label: 'Run', value: runUrl },
    ].flatMap(asLink),
  };
}

function subjectOf(
  data: Readonly<Record<string, unknown>>,
  record: DeliveryRecord | null,
  context: Context,
): string {
  const application = word(data['application']) ?? record?.flow.application ?? context.repository.fullName;
  const version = word(data['version']) ?? record?.flow.version ?? '';
  return `${application} ${version}`.trim();
}

function dataFacts(data: Readonly<Record<string, unknown>>): readonly Fact[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const text = placed.includes(key) ? null : word(value);
    return text === null ? [] : [{ label: labelOf(key), value: text }];
  });
}

function recordFacts(record: DeliveryRecord | null): readonly Fact[] {
  if (record === null) return [];
  const images = record.images.map(({ name, digest }) => ({ label: `Image ${name}`, value: digest }));
  const deployments = record.deployments.map(({ environment, target, outcome }) => ({
    label: `${environment} ${target}`,
    value: outcome,
  }));
  return [...images, ...deployments];
}

function asLink({ label, value }: { readonly label: string; readonly value: unknown }): readonly Fact[] {
  return typeof value === 'string' && isWebAddress(value) ? [{ label, value }] : [];
}

/** A value that fits on a line, or null. */
function word(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `back-merge` → `Back merge`. */
function labelOf(key: string): string {
  const words = key.replace(/[-_]+/g, ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** A copy without prototypes, every string redacted; keys too, since they are shown. */
function redacted(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redactor));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[redactor.redact(key)] = redacted(item, redactor);
  return copy;
}
