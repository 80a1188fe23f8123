// What people read afterwards: the summary of the job and the parts of the record.
import type { RecordParts, TimingPart } from '@headgate/kit/record';
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
import type { RolloutResult } from './rollout.js';
import type { StepRecord } from './steps.js';

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

export function recordParts(
  context: ReportContext,
  result: RolloutResult,
  steps: readonly StepRecord[],
): Partial<RecordParts> {
  const { target, environment, service, image, digest, leg, url } = context;
  const deployment = {
    target,
    environment,
    service,
    image,
    digest,
    replaced: result.replaced,
    instances: result.instances,
    outcome: result.outcome,
    url: url === '' ? null : url,
  };
  return { deployments: [deployment], timings: steps.map((step): TimingPart => timing(step, leg)) };
}

function timing({ kind, subject, seconds }: StepRecord, leg: string): TimingPart {
  return { stage: 'deploy', leg, step: subject === '' ? kind : `${kind} ${subject}`, seconds };
}

/** One sentence: what became of the deployment. */
export function headline(context: ReportContext, result: RolloutResult): string {
  const { service, environment } = context;
  switch (result.outcome) {
    case 'deployed':
      return `${service} runs ${short(context.digest)} in ${environment}, ${counted(result.instances, 'instance')}`;
    case 'unchanged':
      return `${service} already runs ${short(context.digest)} in ${environment}, nothing was changed`;
    case 'undone':
      return `${result.failure.code}: ${service} in ${environment} is back at ${short(result.replaced ?? '')}`;
    case 'failed':
      return `${result.failure.code}: ${service} in ${environment} was not deployed`;
  }
}

export function summarise(
  context: ReportContext,
  result: RolloutResult,
  steps: readonly StepRecord[],
  lastLines: readonly string[],
): string {
  const rows = steps.map(({ kind, subject, seconds, ok, detail }) => {
    return [
      ok ? kind : `**${kind} failed**`,
      subject === '' ? '' : code(subject),
      seconds.toFixed(2),
      escapeMarkdown(context.redact(detail)),
    ];
  });
  const notices = result.notices.map((notice) => `- ${escapeMarkdown(context.redact(notice))}\n`).join('');
  return [
    heading(3, headline(context, result)),
    causeOf(context, result),
    factsOf(context, result),
    details('Steps', table(['Step', 'Instance', 'Seconds', ''], rows)),
    notices === '' ? '' : `${notices}\n`,
    lastLines.length === 0
      ? ''
      : details('Last log lines of the instance', codeBlock(context.redact(lastLines.join('\n')))),
  ].join('');
}

function causeOf({ redact }: ReportContext, result: RolloutResult): string {
  if (!('failure' in result)) return '';
  const { message, hint } = result.failure;
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

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
