// What people and later jobs get to see: the job summary, the outputs, the record's image part.
import type { ImagePart, PlatformSize, TestPart, TimingPart } from '@headgate/kit/record-parts';
import type { Redactor } from '@headgate/kit/secrets';
import {
  code,
  codeBlock,
  counted,
  details,
  escapeMarkdown,
  heading,
  link,
  table,
} from '@headgate/kit/summary';
import type { BuildDiagnosis } from './diagnosis.js';
import { formatBytes } from './sizes.js';

export interface Delivered {
  /** The leg's name. */
  readonly leg: string;
  /** `host/repository`; null when the image has no name. */
  readonly name: string | null;
  readonly digest: string;
  /** Null when nothing was published. */
  readonly reference: string | null;
  readonly tags: readonly string[];
  readonly key: string;
  readonly platforms: readonly PlatformSize[];
  readonly reusedFrom: string | null;
}

export interface Work {
  readonly timings: readonly TimingPart[];
  readonly tests: readonly TestPart[];
}

/** The outputs of a leg that has an image. */
export function outputsOf(image: Delivered): Readonly<Record<string, string>> {
  const sum = (pick: (platform: PlatformSize) => number): string =>
    String(image.platforms.reduce((total, platform) => total + pick(platform), 0));
  return {
    'image-ref': image.reference ?? '',
    digest: image.digest,
    tags: image.tags.join('\n'),
    'compressed-size': sum((platform) => platform.compressed),
    'uncompressed-size': sum((platform) => platform.uncompressed),
    'image-key': image.key,
    reused: String(image.reusedFrom !== null),
  };
}

export function imagePart(image: Delivered): ImagePart {
  const { leg, digest, reference, tags, key, platforms, reusedFrom } = image;
  return { name: leg, digest, reference, tags, key, platforms, reusedFrom };
}

/** Markdown for a leg that has an image. */
export function imageSummary(image: Delivered, work: Work): string {
  const facts = [
    ['Image', code(image.name ?? image.leg)],
    ['Digest', code(image.digest)],
    ['Published', image.reference === null ? 'no' : code(image.reference)],
    ['Tags', image.tags.length === 0 ? 'none' : image.tags.map(code).join(', ')],
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
  /** The failure's code, as README.md explains it. */
  readonly code: string;
  readonly diagnosis: BuildDiagnosis;
}

/** Markdown for a leg whose gate or build failed: the cause first, then its log. */
export function failureSummary(
  { leg, step, code: failureCode, diagnosis }: FailedBuild,
  work: Work,
  redactor: Redactor,
): string {
  const shown = (text: string | null): string => (text === null ? '' : code(redactor.redact(text)));
  const facts: readonly (readonly [string, string])[] = [
    ['Failed', `${escapeMarkdown(step)}, ${code(failureCode)}`],
    ['Stage', shown(diagnosis.stage)],
    ['Instruction', shown(diagnosis.instruction)],
    ['Place', shown(diagnosis.place)],
    ['Exit code', diagnosis.exitCode === null ? '' : String(diagnosis.exitCode)],
    ['Cause', `${diagnosis.kind}: ${escapeMarkdown(redactor.redact(diagnosis.reason))}`],
    ['Next', escapeMarkdown(diagnosis.nextAction)],
  ];
  const log = diagnosis.lastLines.map((line) => redactor.redact(line)).join('\n');
  return [
    heading(3, `Image ${leg}: nothing was published`),
    table(
      ['', ''],
      facts.filter(([, value]) => value !== ''),
    ),
    log === ''
      ? ''
      : details(
          `Last ${counted(diagnosis.lastLines.length, 'line')} of the failing step`,
          codeBlock(log, 'text'),
        ),
    workSummary(work),
  ].join('');
}

function workSummary({ timings, tests }: Work): string {
  const rows = timings.map(({ step, seconds }) => {
    const test = tests.find(({ name }) => step === `gate ${name}`);
    return [escapeMarkdown(step), `${seconds.toFixed(1)} s`, test?.outcome ?? ''];
  });
  return rows.length === 0 ? '' : table(['Step', 'Time', 'Result'], rows);
}
