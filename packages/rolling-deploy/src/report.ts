// What people read afterwards: the summary of the job and the parts of the record.
import type { DeploymentPart, RecordParts, TimingPart } from '@headgate/kit/record-parts';
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
import { analysesOf, analysisPart } from './analysis-report.js';
import type { DeployError } from './errors.js';
import type { RolloutResult } from './rollout-result.js';
import type { StepRecord } from './steps.js';
import { testsOf } from './test-report.js';
import type { Tested } from './tests.js';
import { instanceTable, trafficPicture } from './traffic-picture.js';
import type { TrafficRecord } from './traffic-record.js';

export interface ReportContext {
  readonly target: string;
  readonly environment: string;
  readonly service: string;
  readonly image: string;
  readonly digest: string;
  readonly leg: string;
  /** '' when the environment has no address. */
  readonly url: string;
  /** Cuts secrets out of what instances, engine and proxy said. */
  readonly redact: (text: string) => string;
}

export type Redacting = Pick<ReportContext, 'redact'>;

/** What happened, as far as it is told. */
export interface Story {
  readonly result: RolloutResult;
  readonly steps: readonly StepRecord[];
  /** Last log lines of an instance that failed. */
  readonly lastLines: readonly string[];
  readonly tested: Tested;
  readonly traffic: TrafficRecord;
}

/** Why the deployment or its tests failed; null when they did not. */
export function causeIn({ result, tested }: Story): DeployError | null {
  return 'failure' in result ? result.failure : tested.failure;
}

export function recordParts(context: ReportContext, { result, steps, tested }: Story): Partial<RecordParts> {
  return {
    deployments: [deploymentPart(context, result)],
    tests: tested.parts.map(({ test }) => test),
    timings: steps.map((step): TimingPart => timing(step, context.leg)),
  };
}

export function deploymentPart(context: ReportContext, result: RolloutResult): DeploymentPart {
  const { target, environment, service, image, digest, url } = context;
  const { replaced, instances, outcome, analyses = [] } = result;
  return {
    target,
    environment,
    service,
    image,
    digest: result.serves ?? digest,
    replaced,
    instances,
    outcome,
    url: url === '' ? null : url,
    ...(analyses.length === 0 ? {} : { analyses: analyses.map(analysisPart) }),
  };
}

export function timing({ kind, subject, seconds }: StepRecord, leg: string): TimingPart {
  return { stage: 'deploy', leg, step: subject === '' ? kind : `${kind} ${subject}`, seconds };
}

/** One sentence: what became of the deployment, and of its tests. */
export function headline(context: ReportContext, { result, tested }: Story): string {
  const sentence = outcomeOf(context, result);
  return tested.failure === null ? sentence : `${tested.failure.code}: ${sentence}`;
}

function outcomeOf({ service, environment, digest }: ReportContext, result: RolloutResult): string {
  switch (result.outcome) {
    case 'deployed':
      return `${service} runs ${short(digest)} in ${environment}, ${counted(result.instances, 'instance')}`;
    case 'unchanged':
      if (result.serves !== undefined)
        return `the trial of ${short(digest)} is over, ${service} runs ${short(result.serves)} in ${environment} as before`;
      return `${service} already runs ${short(digest)} in ${environment}, nothing was changed`;
    case 'undone':
      return `${result.failure.code}: ${service} in ${environment} is back at ${short(result.replaced ?? '')}`;
    case 'failed':
      return `${result.failure.code}: ${service} in ${environment} was not deployed`;
  }
}

export function summarise(context: ReportContext, story: Story): string {
  const { result, steps, lastLines, tested, traffic } = story;
  return [
    heading(3, headline(context, story)),
    causeOf(context, causeIn(story)),
    factsOf(context, result),
    analysesOf(context, result.analyses ?? []),
    trafficOf(context, traffic),
    stepsOf(context, 'Steps', steps),
    testsOf(tested.parts),
    noticesOf(context, result.notices),
    linesOf(context, lastLines),
  ].join('');
}

export function stepsOf({ redact }: Redacting, title: string, steps: readonly StepRecord[]): string {
  const rows = steps.map(({ kind, subject, seconds, ok, detail }) => {
    return [
      ok ? kind : `**${kind} failed**`,
      subject === '' ? '' : code(subject),
      seconds.toFixed(2),
      escapeMarkdown(redact(detail)),
    ];
  });
  return details(title, table(['Step', 'Instance', 'Seconds', ''], rows));
}

export function noticesOf({ redact }: Redacting, notices: readonly string[]): string {
  const lines = notices.map((notice) => `- ${escapeMarkdown(redact(notice))}\n`).join('');
  return lines === '' ? '' : `${lines}\n`;
}

export function linesOf({ redact }: Redacting, lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : details('Last log lines of the instance', codeBlock(redact(lines.join('\n'))));
}

/** The instances at the end, and what went where on the way. */
export function trafficOf({ redact }: Redacting, traffic: TrafficRecord): string {
  return instanceTable(traffic.rows(), redact) + trafficPicture(traffic.points());
}

export function causeOf({ redact }: Redacting, cause: DeployError | null): string {
  if (cause === null) return '';
  const { message, hint } = cause;
  return `**${escapeMarkdown(redact(message))}**\n\nNext: ${escapeMarkdown(hint)}\n\n`;
}

function factsOf({ target, environment, image, url }: ReportContext, result: RolloutResult): string {
  const { replaced, instances, traffic, outcome } = result;
  const place = url === '' ? escapeMarkdown(environment) : link(environment, url);
  const rows = [
    ['Target', `${escapeMarkdown(target)} in ${place}`],
    ['Asked for', code(image)],
    ['Before', replaced === null ? 'nothing served' : code(replaced)],
    ['In traffic now', counted(instances, 'instance')],
  ];
  if (outcome !== 'unchanged') {
    const seen = `${counted(traffic.responses, 'answer')} by new instances, ${counted(traffic.errors, 'server error')}`;
    rows.push(['In the swap', seen]);
  }
  return table(['', ''], rows);
}

export function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
