// One line on what would make the next build quicker: the largest loss that a change can avoid.
import type { BuildReport, StageReport } from './build-report.js';

export interface Advice {
  readonly about: 'import' | 'export' | 'source' | 'argument' | 'slow-step' | 'nothing';
  /** One sentence, plain text; it may quote the Dockerfile. */
  readonly text: string;
}

/** Below it nobody waits. */
const worthMs = 1_000;

export function adviseOn(report: Omit<BuildReport, 'advice'>): Advice {
  return (
    aboutImport(report) ??
    aboutExport(report) ??
    aboutMiss(report) ??
    aboutSlowStep(report) ?? { about: 'nothing', text: nothingText(report) }
  );
}

function nothingText({ hits, counted }: Measured): string {
  return hits === counted ? 'Every step was cached.' : 'Nothing stands out.';
}

type Measured = Omit<BuildReport, 'advice'>;

function aboutImport({ cache, hits, counted }: Measured): Advice | null {
  const failed = cache.imports.filter(({ error }) => error !== null);
  if (failed.length === 0 || failed.length < cache.imports.length || hits === counted) return null;
  const text = `No cache could be read from ${clip(failed[0]?.from ?? '')}: the first build that writes it makes the next one quicker; if one has, check its address and credentials.`;
  return { about: 'import', text };
}

function aboutExport({ cache, hits, totalMs }: Measured): Advice | null {
  const { exportMs, savedMs } = cache;
  if (exportMs < worthMs || exportMs * 4 < totalMs || exportMs <= savedMs) return null;
  const gain = hits === 0 ? 'and no step was cached' : 'more than cached steps are known to have saved';
  const text = `Writing the cache took ${seconds(exportMs)} of ${seconds(totalMs)}, ${gain}: write it on the base branch only, or with mode=min.`;
  return { about: 'export', text };
}

function aboutMiss({ stages }: Measured): Advice | null {
  const costs = stages.flatMap((stage) => {
    const cost = costBehindMiss(stage);
    return cost === null ? [] : [cost];
  });
  const worst = costs.sort((left, right) => right.ms - left.ms)[0];
  if (worst === undefined || worst.ms < worthMs) return null;
  const where = worst.stage === null ? '' : ` of stage ${worst.stage}`;
  const lost = `${clip(worst.instruction)}${where} changed, which ran ${seconds(worst.ms)} of later RUN steps again`;
  const cure =
    worst.cause === 'source'
      ? 'copy only what those steps read (such as the lock file) before them, and the rest after'
      : 'declare build arguments that change often below those steps';
  return { about: worst.cause, text: `${lost}: ${cure}.` };
}

interface Loss {
  readonly stage: string | null;
  readonly instruction: string;
  readonly cause: 'source' | 'argument';
  readonly ms: number;
}

/** Time of the RUN steps behind a change in the same stage. The changed step itself has to run. */
function costBehindMiss({ stage, firstMiss, steps }: StageReport): Loss | null {
  if (firstMiss === null || (firstMiss.cause !== 'source' && firstMiss.cause !== 'argument')) return null;
  const at = steps.findIndex(({ digest }) => digest === firstMiss.digest);
  const ms = steps
    .slice(at + 1)
    .filter(({ kind, outcome }) => kind === 'RUN' && outcome === 'ran')
    .reduce((total, step) => total + step.ms, 0);
  return { stage, instruction: firstMiss.instruction, cause: firstMiss.cause, ms };
}

/** Steps of stages only: what loading and exporting take is not in the Dockerfile's hands. */
function aboutSlowStep({ criticalPath, stages, totalMs }: Measured): Advice | null {
  // A build that ended early says nothing about what takes long.
  if (stages.some(({ steps }) => steps.some(({ outcome }) => outcome === 'failed'))) return null;
  const slowest = criticalPath
    .filter(({ kind }) => kind !== null)
    .sort((left, right) => right.ms - left.ms)[0];
  if (slowest === undefined || slowest.ms < worthMs || slowest.ms * 3 < totalMs) return null;
  const where = slowest.stage === null ? '' : ` in stage ${slowest.stage}`;
  const text = `${clip(slowest.instruction)}${where} takes ${seconds(slowest.ms)} of ${seconds(totalMs)}, and everything waits for it: begin there.`;
  return { about: 'slow-step', text };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 80 ? line : `${line.slice(0, 80).toWellFormed()}…`;
}
