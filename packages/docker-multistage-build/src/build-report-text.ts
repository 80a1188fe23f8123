// The time and cache report for people: a table of stages, a chart of when each ran, the critical path, one advice.
import { code, details, escapeMarkdown, table } from '@headgate/kit/summary';
import { type BuildReport, buildReport, type StageReport } from './build-report.js';
import { knownTimes } from './cache-cost.js';
import type { FirstMiss, MissCause } from './first-miss.js';
import { ganttChart } from './gantt-chart.js';
import type { RecordedBuild } from './journal.js';

type Redact = (text: string) => string;

/** Rows are cut beyond it: a summary has 1 MiB for all steps. */
const mostRows = 60;
const longestText = 80;

const causes: Readonly<Record<MissCause, string>> = {
  source: 'its files changed',
  argument: 'an argument or the instruction changed',
  base: 'the base image was pulled',
  'earlier-step': 'a step before it missed',
  'not-imported': 'no cache was found',
};

/** Markdown of all builds of a leg; what an earlier one took is what a later one saved. */
export function timesText(builds: readonly RecordedBuild[], redact: Redact): string {
  const reported = builds.filter(({ steps }) => steps.length > 0);
  return reported
    .map(({ step, steps }, index) => {
      const known = knownTimes(reported.slice(0, index).map((build) => build.steps));
      return reportText(`Time of ${step}`, buildReport(steps, known), redact);
    })
    .join('');
}

/** Markdown of one build. Everything from the Dockerfile is escaped. @param redact removes known secrets. */
export function reportText(title: string, report: BuildReport, redact: Redact = (text) => text): string {
  const { stages, cache, advice } = report;
  const show = (text: string): string => code(clip(redact(text)));
  const rows = stages.slice(0, mostRows).map((stage) => stageRow(stage, show));
  const body = [
    `${escapeMarkdown(redact(advice.text))}\n\n`,
    table(['Stage', 'Time', 'Cached', 'First miss', 'Cause'], rows),
    ganttChart(stages),
    pathText(report, show),
    cache.imports.length === 0 && cache.exportMs === 0 ? '' : costText(report),
  ].join('');
  return details(`${redact(title)}: ${seconds(report.totalMs)}, ${ratioText(report)}`, body);
}

type Show = (text: string) => string;

function stageRow(stage: StageReport, show: Show): readonly string[] {
  const { firstMiss, wallMs, hits, counted } = stage;
  return [
    show(stageLabel(stage)),
    seconds(wallMs),
    `${hits} of ${counted}`,
    firstMiss === null ? '' : show(firstMiss.instruction),
    firstMiss === null ? '' : causeText(firstMiss, show),
  ];
}

/** `linux/arm64 build`, or `the image` in a file of one stage. */
export function stageLabel({ stage, platform }: Pick<StageReport, 'stage' | 'platform'>): string {
  return [platform, stage ?? 'the image'].filter((part) => part !== null).join(' ');
}

function causeText({ cause, because }: FirstMiss, show: Show): string {
  return because === null ? causes[cause] : `${causes[cause]}: ${show(because)}`;
}

function pathText({ criticalPath }: BuildReport, show: Show): string {
  if (criticalPath.length === 0) return '';
  const slowest = criticalPath.toSorted((left, right) => right.ms - left.ms).slice(0, 10);
  const kept = criticalPath.filter((step) => slowest.includes(step));
  const rows = kept.map((step) => [
    step.stage === null ? '' : show(step.stage),
    show(step.instruction),
    seconds(step.ms),
  ]);
  const left = criticalPath.length - kept.length;
  const rest = left === 0 ? '' : `${left} quicker ones are left out.\n\n`;
  return `The build waited for these, in this order:\n\n${table(['Stage', 'Step', 'Time'], rows)}${rest}`;
}

function costText({ cache }: BuildReport): string {
  const { importMs, exportMs, savedMs, unknownSteps } = cache;
  const unknown =
    unknownSteps === 0 ? '' : `; what ${unknownSteps} cached steps would have taken is not known`;
  return `Cache: reading ${seconds(importMs)}, writing ${seconds(exportMs)}, saved ${seconds(savedMs)}${unknown}.\n\n`;
}

function ratioText({ hits, counted, hitRatio }: BuildReport): string {
  if (hitRatio === null) return 'no step counts';
  return `${hits} of ${counted} steps cached (${Math.round(hitRatio * 100)} %)`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestText ? line : `${line.slice(0, longestText).toWellFormed()}…`;
}
