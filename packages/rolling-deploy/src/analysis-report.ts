// What people and the record are told of each step that was judged against the former version.
import type { AnalysisPart } from '@headgate/kit/record-parts';
import { details, escapeMarkdown, table } from '@headgate/kit/summary';
import type { StepAnalysis } from './step-analysis.js';

/** Nothing without an analysis. */
export function analysesOf(
  { redact }: { readonly redact: (text: string) => string },
  analyses: readonly StepAnalysis[],
): string {
  if (analyses.length === 0) return '';
  const rows = analyses.map((one) => {
    const { percent, observed, canary, baseline, p, verdict, latency, reason } = one;
    return [
      percent === null ? 'B' : `${percent} %`,
      observed === null ? '' : `${observed.toFixed(2)} %`,
      `${canary.errors} of ${canary.requests}`,
      `${baseline.errors} of ${baseline.requests}`,
      p.toPrecision(2),
      latency === null ? '' : `${Math.round(latency.low)} to ${Math.round(latency.high)} ms`,
      verdict === 'pass' ? verdict : `**${verdict}**: ${escapeMarkdown(redact(reason))}`,
    ];
  });
  const columns = ['Share', 'Observed', 'Errors', 'Former version', 'p', 'Longer by', 'Verdict'];
  return details('Analysis', table(columns, rows));
}

export function analysisPart({ percent, observed, canary, p, verdict, reason }: StepAnalysis): AnalysisPart {
  return { percent, observed, ...canary, p, verdict, reason: reason.slice(0, 1000) };
}
