// What tests have left in stages of their own: files for the job, and JUnit reports that decide, whatever the tests' command said.
import { mkdtemp, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { JUnitReport } from '@headgate/kit/junit';
import { readJUnitFiles } from '@headgate/kit/junit-files';
import { junitParts } from '@headgate/kit/junit-parts';
import type { TestPart } from '@headgate/kit/record-parts';
import { counted } from '@headgate/kit/summary';
import type { BuildPlan } from './build-plan.js';
import type { FailedPart } from './failed-leg.js';
import { type BuildTools, endOf, runStep } from './planned-build.js';

/**
 * Builds every stage before one of them is judged, so that the results of all are there.
 * @returns the first that failed, or null
 */
export async function gatherResults(
  targets: readonly string[],
  plan: BuildPlan,
  tools: BuildTools,
): Promise<FailedPart | null> {
  const { journal, deps } = tools;
  const parent = deps.env['RUNNER_TEMP'] || deps.temporary;
  const folder = await mkdtemp(join(parent, 'headgate-test-results-'));
  journal.keepResults(folder);
  let first: FailedPart | null = null;
  for (const target of targets) {
    const failed = await gather(target, join(folder, target), { ...tools, plan });
    first ??= failed;
  }
  return first;
}

async function gather(
  target: string,
  folder: string,
  { plan, ...tools }: BuildTools & { readonly plan: BuildPlan },
): Promise<FailedPart | null> {
  const step = `results ${target}`;
  const goal = { kind: 'results', target, folder } as const;
  const outcome = await runStep(step, { plan, goal, title: `Results ${target}` }, tools);
  const note = (part: Omit<TestPart, 'stage'>): void => tools.journal.addTest({ ...part, stage: 'images' });
  if (outcome.kind !== 'built') {
    note({ name: target, outcome: 'failed', detail: endOf(outcome) });
    return { step: `gate ${target}`, outcome };
  }
  const reports = await readReports(folder, target);
  const problem = problemIn(target, reports);
  if (reports.size === 0) note({ name: target, outcome: 'failed', detail: 'it holds no JUnit report' });
  for (const part of junitParts(reports, { stage: 'images', redact: plan.redactor.redact })) note(part);
  return problem === null ? null : { step, outcome: { kind: 'results', ...problem } };
}

/** What does not let the gate pass: tests that failed, and results that say nothing. */
export function problemIn(
  target: string,
  reports: ReadonlyMap<string, JUnitReport>,
): { readonly problem: string; readonly hint: string } | null {
  const sum = (count: (report: JUnitReport) => number): number =>
    [...reports.values()].reduce((total, report) => total + count(report), 0);
  const [all, failed] = [sum(({ tests }) => tests), sum((report) => report.failed)];
  if (failed > 0)
    return {
      problem: `${failed} of ${counted(all, 'test')} in the results of ${target} failed`,
      hint: 'Read the failed tests in the summary; all files of the results are in the folder of the output `test-results`.',
    };
  if (all > 0) return null;
  const found =
    reports.size === 0 ? 'no JUnit report' : `${counted(reports.size, 'JUnit report')} without a test`;
  return {
    problem: `the results of ${target} hold ${found}, so nobody knows what the tests said`,
    hint: `Let the tests write JUnit XML (*.xml), and copy it into ${target}.`,
  };
}

/** By the path under the stage's name. Links are not followed: the files are whatever the build made. */
export async function readReports(folder: string, target: string): Promise<ReadonlyMap<string, JUnitReport>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();
  const reports = await readJUnitFiles(folder, paths);
  return new Map([...reports].map(([path, report]) => [`${target}/${path.split(sep).join('/')}`, report]));
}
