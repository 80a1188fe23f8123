// An inspected image with what the command line knows of it: its Dockerfile, its base image, and the usual policy. Pure.
import { parseDockerfile } from '@headgate/dockerfile/dockerfile';
import { DockerfileError } from '@headgate/dockerfile/dockerfile-error';
import { stageGraph } from '@headgate/dockerfile/stage-graph';
import { linesOfHistory } from '@headgate/dockerfile/stage-line';
import {
  commonStart,
  type InspectReport,
  inspectReport,
  reportedFinding,
} from '@headgate/image/inspect-report';
import type { InspectedPlatform, Inspection } from '@headgate/image/inspection';
import type { KeptHeads } from '@headgate/image/kept-heads';
import { baseLayersIn, judgePlatform } from '@headgate/image/platform-judgement';
import { defaultPolicy } from '@headgate/image/policy-form';
import { UsageError } from './usage-error.js';

export interface Knowledge {
  /** Its text; null when none was named. */
  readonly dockerfile: string | null;
  /** '' for the last stage. */
  readonly target: string;
  /** Diff ids by platform; null when no base image was named. */
  readonly baseLayers: ReadonlyMap<string, readonly string[]> | null;
  readonly headOf: KeptHeads['headOf'];
}

/** @throws {UsageError} for a Dockerfile that is none, or has no such stage */
export function judgedReport(inspection: Inspection, knowledge: Knowledge): InspectReport {
  const platforms = inspection.platforms.map((one) => judgedPlatform(one, knowledge));
  const of = (name: string): Judged | undefined => platforms.find(({ platform }) => platform === name);
  return inspectReport(inspection, {
    baseOf: (platform) => of(platform)?.base ?? null,
    lineOf: (platform, _, index) => of(platform)?.lines[index] ?? null,
    findings: platforms.flatMap(({ findings }) => findings),
  });
}

interface Judged extends Pick<InspectReport, 'findings'> {
  readonly platform: string;
  readonly lines: readonly (number | null)[];
  /** Null when nobody knows. */
  readonly base: readonly string[] | null;
}

function judgedPlatform(inspected: InspectedPlatform, knowledge: Knowledge): Judged {
  const { platform, config } = inspected;
  const lines = linesOf(config.createdBy, platform, knowledge);
  const base = baseOf(inspected, lines, knowledge);
  const baseLayers = base === null ? 0 : commonStart(config.diffIds, base);
  const known = { policy: defaultPolicy, headOf: knowledge.headOf };
  const { judgement } = judgePlatform(inspected, { lines, baseLayers }, known);
  return {
    platform,
    lines,
    base,
    findings: judgement.findings.map((finding) => reportedFinding(platform, finding)),
  };
}

/** A base image that was named is proof; lines of the Dockerfile are the next best. */
function baseOf(
  { platform, config }: InspectedPlatform,
  lines: readonly (number | null)[],
  { baseLayers }: Knowledge,
): readonly string[] | null {
  if (baseLayers !== null) return baseLayers.get(platform) ?? [];
  return lines.some((line) => line !== null) ? config.diffIds.slice(0, baseLayersIn(lines)) : null;
}

function linesOf(
  createdBy: readonly string[],
  platform: string,
  { dockerfile, target }: Knowledge,
): readonly (number | null)[] {
  if (dockerfile === null) return [];
  try {
    const parsed = parseDockerfile(dockerfile);
    return linesOfHistory({ dockerfile: parsed, graph: stageGraph(parsed, { target, platform }) }, createdBy);
  } catch (error) {
    if (error instanceof DockerfileError) throw new UsageError(error.message, error.hint);
    throw error;
  }
}
