// What people read afterwards: the summary of the job and the parts of the record.
import type { RecordParts, TimingPart } from '@headgate/kit/record-parts';
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
import type { DeployError } from './errors.js';
import type { RolloutResult } from './rollout.js';
import type { StepRecord } from './steps.js';
import { testsOf } from './test-report.js';
import type { Tested } from './tests.js';

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

/** What happened, as far as it is told. */
export interface Story {
  readonly result: RolloutResult;
  readonly steps: readonly StepRecord[];
  /** Last log lines of an instance that failed. */
  readonly lastLines: readonly string[];
  readonly tested: Tested;
}

/** Why the deployment or its tests failed; null when they did not. */
export function causeIn({ result, tested }: Story): DeployError | null {
  return 'failure' in result ? result.failure : tested.failure;
}

export function recordParts(context: ReportContext, { result, steps, tested }: Story): Partial<RecordParts> {
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
  return {
    deployments: [deployment],
    tests: tested.parts.map(({ test }) => test),
    timings: steps.map((step): TimingPart => timing(step, leg)),
  };
}

function timing({ kind, subject, seconds }: StepRecord, leg: string): TimingPart {
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
      return `${service} already runs ${short(digest)} in ${environment}, nothing was changed`;
    case 'undone':
      return `${result.failure.code}: ${service} in ${environment} is back at ${short(result.replaced ?? '')}`;
    case 'failed':
      return `${result.failure.code}: ${service} in ${environment} was not deployed`;
  }
}

export function summarise(context: ReportContext, story: Story): string {
  const { result, steps, lastLines, tested } = story;
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
    heading(3, headline(context, story)),
    causeOf(context, story),
    factsOf(context, result),
    details('Steps', table(['Step', 'Instance', 'Seconds', ''], rows)),
    testsOf(tested.parts),
    notices === '' ? '' : `${notices}\n`,
    lastLines.length === 0
      ? ''
      : details('Last log lines of the instance', codeBlock(context.redact(lastLines.join('\n')))),
  ].join('');
}

function causeOf({ redact }: ReportContext, story: Story): string {
  const cause = causeIn(story);
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

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
