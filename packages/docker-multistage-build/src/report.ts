// What people and later jobs get to see: the job summary, the outputs, the record's image part.
import { formatBytes } from '@headgate/kit/quantities';
import type { ImagePart, PlatformSize, TestPart, TimingPart } from '@headgate/kit/record-parts';
import type { Redactor } from '@headgate/kit/secrets';
import { code, codeBlock, details, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { BuildDiagnosis } from './diagnosis.js';

/** A registry that stumbles at every blob fills no summary. */
const mostRetries = 50;
const mostTests = 50;

export interface Delivered {
  /** The leg's name. */
  readonly leg: string;
  /** `host/repository`; null when the image has no name. */
  readonly name: string | null;
  readonly digest: string;
  /** Null when nothing was published. */
  readonly reference: string | null;
  readonly tags: readonly string[];
  /** `host/repository@sha256:…` of what holds the signature; null without one. */
  readonly signature: string | null;
  readonly key: string;
  readonly platforms: readonly PlatformSize[];
  /** Null where it is not known, as for an image that was built before images were examined. */
  readonly verdict: NonNullable<ImagePart['verdict']> | null;
  readonly reusedFrom: string | null;
}

export interface Work {
  readonly timings: readonly TimingPart[];
  readonly tests: readonly TestPart[];
  /** Attempts that failed and were repeated. */
  readonly retries: readonly string[];
}

/** The outputs of a leg that has an image. */
export function outputsOf(image: Delivered): Readonly<Record<string, string>> {
  const sum = (pick: (platform: PlatformSize) => number): string =>
    String(image.platforms.reduce((total, platform) => total + pick(platform), 0));
  return {
    'image-ref': image.reference ?? '',
    digest: image.reference === null ? '' : image.digest,
    tags: image.tags.join('\n'),
    signature: image.signature ?? '',
    'compressed-size': sum((platform) => platform.compressed),
    'uncompressed-size': sum((platform) => platform.uncompressed),
    'image-key': image.key,
    reused: String(image.reusedFrom !== null),
  };
}

export function imagePart(image: Delivered): ImagePart {
  const { leg, digest, reference, tags, key, platforms, verdict, reusedFrom } = image;
  const part = { name: leg, digest, reference, tags, key, platforms, reusedFrom };
  return verdict === null ? part : { ...part, verdict };
}

/** Markdown for a leg that has an image. */
export function imageSummary(image: Delivered, work: Work): string {
  const facts = [
    ['Image', code(image.name ?? image.leg)],
    ['Digest', code(image.digest)],
    ['Published', image.reference === null ? 'no' : code(image.reference)],
    ['Tags', image.tags.length === 0 ? 'none' : image.tags.map(code).join(', ')],
    ...(image.signature === null ? [] : [['Signature', code(image.signature)]]),
    [
      'Made by',
      image.reusedFrom === null ? 'this run' : `${link('an earlier run', image.reusedFrom)}, not rebuilt`,
    ],
  ];
  const sizes = image.platforms.map((one) => [
    code(one.platform),
    formatBytes(one.compressed),
    formatBytes(one.uncompressed),
  ]);
  return [
    heading(3, `Image ${image.leg}`),
    table(['', ''], facts),
    table(['Platform', 'Compressed (pulled)', 'Uncompressed (on disk)'], sizes),
    workSummary(work),
  ].join('');
}

export interface FailedBuild {
  readonly leg: string;
  /** `gate test` or `build`. */
  readonly step: string;
  readonly diagnosis: BuildDiagnosis;
}

/** Markdown for a leg whose gate or build failed; cause, place, next action and log stand before it. */
export function failureSummary(
  { leg, step, diagnosis }: FailedBuild,
  work: Work,
  redactor: Redactor,
): string {
  const shown = (text: string | null): string => (text === null ? '' : code(redactor.redact(text)));
  const facts: readonly (readonly [string, string])[] = [
    ['Failed', escapeMarkdown(step)],
    ['Stage', shown(diagnosis.stage)],
    ['Instruction', shown(diagnosis.instruction)],
    ['Exit code', diagnosis.exitCode === null ? '' : String(diagnosis.exitCode)],
    ['Cause', `${diagnosis.kind}: ${escapeMarkdown(redactor.redact(diagnosis.reason))}`],
  ];
  return [
    heading(3, `Image ${leg}: nothing was published`),
    table(
      ['', ''],
      facts.filter(([, value]) => value !== ''),
    ),
    workSummary(work),
  ].join('');
}

/** Markdown for a leg whose tests left results that say they failed; the record has the same without secrets. */
export function failedTestsSummary(leg: string, work: Work): string {
  const failed = work.tests.filter(({ outcome }) => outcome === 'failed').slice(0, mostTests);
  const told = failed.map(({ name, detail }) => details(name, codeBlock(detail)));
  return [heading(3, `Image ${leg}: nothing was published`), workSummary(work), ...told].join('');
}

function workSummary({ timings, tests, retries }: Work): string {
  const rows = timings.map(({ step, seconds }) => {
    return [escapeMarkdown(step), `${seconds.toFixed(1)} s`, outcomeOf(step, tests)];
  });
  const again = retries.slice(0, mostRetries).map((report) => `- ${escapeMarkdown(report)}\n`);
  const title = `Attempts that failed: ${retries.length}`;
  return [
    rows.length === 0 ? '' : table(['Step', 'Time', 'Result'], rows),
    again.length === 0 ? '' : details(title, again.join('')),
  ].join('');
}

/** Of a gate, its own test; of results, all that stand under the stage's name. */
function outcomeOf(step: string, tests: readonly TestPart[]): string {
  const [kind, target] = step.split(' ', 2);
  if (kind !== 'gate' && kind !== 'results') return '';
  const own = tests.filter(
    ({ name }) => name === target || (kind === 'results' && name.startsWith(`${target}/`)),
  );
  return own.find(({ outcome }) => outcome === 'failed')?.outcome ?? own[0]?.outcome ?? '';
}
