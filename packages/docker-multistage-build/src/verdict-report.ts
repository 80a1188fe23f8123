// What the gate's verdict becomes: files, outputs, summary, comment, annotations, and the error that stops a publication.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageReport } from '@headgate/image/image-report';
import { reportSarif } from '@headgate/image/report-sarif';
import { reportComment, reportSummary } from '@headgate/image/report-summary';
import type { Deps } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import { upsertStickyComment } from '@headgate/kit/sticky-comment';
import { type FailureCode, placedFailure } from './failures.js';
import type { Inputs } from './inputs.js';

export type VerdictOutputs = Readonly<Record<'verdict' | 'report' | 'sarif', string>>;

/** Writes both files beside the entry, and tells people. */
export async function tellVerdict(report: ImageReport, inputs: Inputs, deps: Deps): Promise<VerdictOutputs> {
  const folder = deps.env['RUNNER_TEMP'] || deps.temporary;
  const base = join(folder, `headgate-image-${inputs.leg.replace(/[^A-Za-z0-9._-]/g, '-')}`);
  const [json, sarif] = [`${base}.json`, `${base}.sarif`];
  await writeFile(json, JSON.stringify(report), { mode: 0o600 });
  await writeFile(sarif, JSON.stringify(reportSarif(report)), { mode: 0o600 });
  await deps.core.appendSummary(reportSummary(report));
  if (report.verdict === 'warn') deps.core.warning(`Image ${inputs.leg}: ${reasonsIn(report)}`);
  if (inputs.reportComment) await tellPullRequest(report, inputs, deps);
  return { verdict: report.verdict, report: json, sarif };
}

/** The error of a verdict that lets nothing be published; null for the others. */
export function refusalOf(report: ImageReport, shownFile: string): ActionError<FailureCode> | null {
  if (report.verdict !== 'fail') return null;
  const line = report.reasons.find((reason) => reason.level === 'fail')?.line ?? null;
  const isSecret = report.reasons.some(({ kind }) => kind === 'secret');
  return placedFailure({
    code: isSecret ? 'secret-in-image' : 'policy-failed',
    message: `The image must not be published, nothing was: ${reasonsIn(report)}.`,
    hint: isSecret
      ? 'Mount the secret with RUN --mount=type=secret, keep it out of what is copied, and change it if an image with it was ever published.'
      : 'See the summary: remove what it names, or let it pass in `policy` or `budgets` with a reason.',
    place: line === null ? null : { file: shownFile, line },
  });
}

const mostReasons = 3;

function reasonsIn({ reasons, verdict }: ImageReport): string {
  const counting = reasons.filter(({ level }) => level === verdict);
  const more = counting.length - mostReasons;
  const told = counting.slice(0, mostReasons).map(({ text }) => text);
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

async function tellPullRequest(report: ImageReport, inputs: Inputs, deps: Deps): Promise<void> {
  const pull = deps.context.event['pull_request'];
  const number = typeof pull === 'object' && pull !== null && 'number' in pull ? pull.number : null;
  if (typeof number !== 'number' || inputs.githubToken === null) {
    deps.core.info('No comment about the image: this is no pull request, or github-token was not given.');
    return;
  }
  try {
    const github = await deps.connectGitHub(inputs.githubToken);
    const name = `image ${inputs.leg}`.replace(/[^A-Za-z0-9 -]/g, '-');
    await upsertStickyComment(github, { issue: number, name, body: reportComment(report) });
  } catch (error) {
    deps.signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    deps.core.info(
      `Pull request #${number} was not told of the image (${problem}); the summary says the same.`,
    );
  }
}
