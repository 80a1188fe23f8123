// Everything that was judged about an image, as JSON that people's programs may read: `reportSchema` is its schema.
import type { Redactor } from '@headgate/kit/secrets';
import { type BudgetResult, judgeBudgets } from './budget.js';
import type { Budgets } from './budget-form.js';
import type { LayerContent } from './layer-entry.js';
import type { Baseline, Measure } from './measured-image.js';
import type { AllowedFiles, Judgement } from './policy.js';
import type { Finding } from './policy-finding.js';
import type { SecretFind } from './secret-find.js';
import type { SkippedSecret } from './secret-patterns.js';
import {
  explainGrowth,
  type FileShare,
  type Growth,
  type LayerShare,
  type LineOf,
  largestFiles,
  largestLayers,
} from './size-explanation.js';
import { type Reason, reasonsFor, type Verdict, verdictOf } from './verdict.js';

export interface JudgedPlatform {
  readonly platform: string;
  /** From the base upwards. */
  readonly layers: readonly LayerContent[];
  readonly baseLayers: number;
  readonly lineOf: LineOf;
  readonly judgement: Judgement;
  readonly secrets: readonly SecretFind[];
}

export interface ReportSource {
  /** As people call the image. */
  readonly image: string;
  readonly digest: string;
  /** From the repository's root; null where none is known, as for an image that was not built here. */
  readonly dockerfile: string | null;
  readonly platforms: readonly JudgedPlatform[];
  readonly budgets: Budgets;
  readonly baseline: Baseline;
  readonly skippedSecrets: readonly SkippedSecret[];
  /** Digests of layers in which not every compressed file was looked into. */
  readonly limitedLayers: readonly string[];
}

export interface ReportedLayer extends LayerShare {
  readonly uncompressed: number;
  readonly base: boolean;
}

export interface ReportedPlatform {
  readonly platform: string;
  /** Bytes that are pulled, and that a disk holds. */
  readonly compressed: number;
  readonly uncompressed: number;
  readonly layers: readonly ReportedLayer[];
  readonly findings: readonly Finding[];
  readonly allowed: readonly AllowedFiles[];
  readonly unusedAllowances: readonly string[];
  readonly secrets: readonly SecretFind[];
  readonly budgets: readonly BudgetResult[];
  readonly largestLayers: readonly LayerShare[];
  readonly largestFiles: readonly FileShare[];
  /** Null without a baseline of the platform. */
  readonly growth: ReportedGrowth | null;
}

export interface ReportedGrowth extends Omit<Growth, 'removed'> {
  /** Digests. */
  readonly removed: readonly string[];
}

export interface ImageReport {
  readonly schemaVersion: 1;
  readonly image: string;
  readonly digest: string;
  readonly dockerfile: string | null;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly measure: Measure;
  readonly baseline: { readonly name: string | null; readonly missing: string | null };
  readonly platforms: readonly ReportedPlatform[];
  readonly skippedSecrets: readonly SkippedSecret[];
  readonly limitedLayers: readonly string[];
}

/** No text in it holds a known secret: paths, instructions and names come from the image. */
export function imageReport(source: ReportSource, redactor: Redactor): ImageReport {
  const { image, digest, dockerfile, baseline, budgets, skippedSecrets, limitedLayers } = source;
  const platforms = source.platforms.map((platform) => reportPlatform(platform, source));
  const reasons = reasonsFor(
    platforms.map((platform, index) => ({
      ...platform,
      lineOf: (layer) => source.platforms[index]?.lineOf(layer) ?? null,
    })),
  );
  const report: ImageReport = {
    schemaVersion: 1,
    image,
    digest,
    dockerfile,
    verdict: verdictOf(reasons),
    reasons,
    measure: budgets.measure,
    baseline:
      baseline.kind === 'known'
        ? { name: baseline.name, missing: null }
        : { name: null, missing: baseline.reason },
    platforms,
    skippedSecrets,
    limitedLayers,
  };
  return redacted(report, redactor.redact) as ImageReport;
}

function reportPlatform(judged: JudgedPlatform, { budgets, baseline }: ReportSource): ReportedPlatform {
  const { platform, layers, baseLayers, lineOf, judgement, secrets } = judged;
  const { measure } = budgets;
  return {
    platform,
    compressed: layers.reduce((sum, layer) => sum + layer.compressed, 0),
    uncompressed: layers.reduce((sum, layer) => sum + layer.uncompressed, 0),
    layers: layers.map(({ digest, createdBy, compressed, uncompressed }, layerIndex) => {
      const base = layerIndex < baseLayers;
      const line = base ? null : lineOf(layerIndex);
      return { digest, layerIndex, createdBy, line, compressed, uncompressed, base };
    }),
    findings: judgement.findings,
    allowed: judgement.allowed,
    unusedAllowances: judgement.unused,
    secrets,
    budgets: judgeBudgets([judged], baseline, budgets),
    largestLayers: largestLayers(layers, measure, lineOf),
    largestFiles: largestFiles(layers),
    growth: growthOf(judged, baseline, measure),
  };
}

function growthOf(
  { platform, layers, lineOf }: JudgedPlatform,
  baseline: Baseline,
  measure: Measure,
): ReportedGrowth | null {
  const former =
    baseline.kind === 'known' ? baseline.platforms.find((each) => each.platform === platform) : undefined;
  if (former === undefined) return null;
  const growth = explainGrowth(former.layers, layers, { measure, lineOf });
  return { ...growth, removed: growth.removed.map(({ digest }) => digest) };
}

/** Members whose values are ours or digests: a secret that reads `fail` must not hide the verdict. */
const ours: ReadonlySet<string> = new Set([
  ...['verdict', 'kind', 'level', 'class', 'outcome', 'measure', 'budget', 'change', 'encodings'],
  ...['digest', 'layer', 'removed', 'limitedLayers', 'platform', 'secret', 'document'],
]);

/** Every text from the image, however deep. */
function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, ours.has(key) ? item : redacted(item, redact)]),
  );
}
