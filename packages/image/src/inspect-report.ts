// What `headgate inspect --json` and the build's report say about an image.
import type { Waste } from './accounting.js';
import type { InspectedPlatform, Inspection } from './inspection.js';
import type { FindingLevel, PolicyClass } from './policy-classes.js';
import type { Finding } from './policy-finding.js';
import type { TopFile } from './top-files.js';

export interface InspectReport {
  /** Of the index or manifest; of the configuration for a docker-archive of the older form, which has neither. */
  readonly digest: string;
  readonly platforms: readonly PlatformReport[];
  readonly attestations: readonly AttestationReport[];
  readonly findings: readonly ReportedFinding[];
}

/** Sizes in bytes throughout. */
export interface PlatformReport {
  readonly platform: string;
  /** Sum of the manifest's layer descriptors: what a node pulls. */
  readonly compressed: number;
  /** Sum of the layers' archives: what a disk holds. */
  readonly uncompressed: number;
  /** Layers on top of the base image; null when no base is known. */
  readonly own: Share | null;
  readonly base: Share | null;
  readonly layers: readonly LayerReport[];
  /** Visible over stored bytes of file contents; 1 when nothing is stored. */
  readonly efficiency: number;
  readonly wasted: Waste;
}

export interface Share {
  readonly layers: number;
  readonly compressed: number;
  readonly uncompressed: number;
  /** Bytes that these layers store in vain. */
  readonly wasted: number;
}

export interface LayerReport {
  readonly digest: string;
  readonly createdBy: string;
  /** Line of the Dockerfile; null when nobody can say. */
  readonly line: number | null;
  readonly compressed: number;
  readonly uncompressed: number;
  readonly wasted: number;
  readonly topFiles: readonly TopFile[];
}

export interface AttestationReport {
  readonly digest: string;
  /** The manifest it is about. */
  readonly subject: string | null;
  readonly predicateTypes: readonly string[];
}

/** What only an image that is built, and not run, needs; or what nobody should have. */
export interface ReportedFinding {
  readonly platform: string;
  readonly class: PolicyClass;
  readonly level: FindingLevel;
  readonly path: string;
  /** One clause for people. */
  readonly what: string;
  /** Digest; null for what the configuration says. */
  readonly layer: string | null;
  readonly bytes: number;
  /** Deleted or overwritten later, and shipped nevertheless. */
  readonly hidden: boolean;
  readonly line: number | null;
  /** Brought by the base image. */
  readonly base: boolean;
}

export interface ReportContext {
  /** Diff ids of the base image of a platform, lowest first; null when it is not known. */
  readonly baseOf: (platform: string) => readonly string[] | null;
  /** Which line of the Dockerfile made a layer. */
  readonly lineOf: (platform: string, createdBy: string, index: number) => number | null;
  readonly findings: readonly ReportedFinding[];
}

/** Nothing known beyond the image itself. */
export const bareContext: ReportContext = { baseOf: () => null, lineOf: () => null, findings: [] };

/** Pure. */
export function inspectReport(inspection: Inspection, context: ReportContext): InspectReport {
  return {
    digest: inspection.digest,
    platforms: inspection.platforms.map((one) => platformReport(one, context)),
    attestations: inspection.attestations.map(({ descriptor, attestation }) => ({
      digest: descriptor.digest,
      subject: attestation?.subject ?? null,
      predicateTypes: attestation?.predicateTypes ?? [],
    })),
    findings: context.findings,
  };
}

function platformReport(
  { platform, config, layers, accounting }: InspectedPlatform,
  context: ReportContext,
): PlatformReport {
  const reports = layers.map((layer, index) => ({
    digest: layer.digest,
    createdBy: layer.createdBy,
    line: context.lineOf(platform, layer.createdBy, index),
    compressed: layer.compressed,
    uncompressed: layer.uncompressed,
    wasted: accounting.layers[index]?.wasted ?? 0,
    topFiles: accounting.layers[index]?.topFiles ?? [],
  }));
  const base = context.baseOf(platform);
  const shared = base === null ? null : commonStart(config.diffIds, base);
  const { compressed, uncompressed } = share(reports);
  return {
    platform,
    compressed,
    uncompressed,
    own: shared === null ? null : share(reports.slice(shared)),
    base: shared === null ? null : share(reports.slice(0, shared)),
    layers: reports,
    efficiency: accounting.efficiency,
    wasted: accounting.wasted,
  };
}

function share(layers: readonly LayerReport[]): Share {
  const sum = (of: (layer: LayerReport) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  return {
    layers: layers.length,
    compressed: sum((layer) => layer.compressed),
    uncompressed: sum((layer) => layer.uncompressed),
    wasted: sum((layer) => layer.wasted),
  };
}

/** A finding of one platform as the report has it. */
export function reportedFinding(platform: string, finding: Finding): ReportedFinding {
  const { class: policyClass, level, path, what, layer, bytes, hidden, line, base } = finding;
  return { platform, class: policyClass, level, path, what, layer, bytes, hidden, line, base };
}

/** How many members two lists begin with alike. */
export function commonStart(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((member, index) => member !== other[index]);
  return end < 0 ? one.length : end;
}
