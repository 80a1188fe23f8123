// What became of a delivery, for people: on failure the cause and the next action first, then what one puts in a ticket.
import type { Decision } from '@headgate/configuration/decision';
import type { Place } from '@headgate/kit/errors';
import { placeText } from '@headgate/kit/failure';
import { placeUrl } from '@headgate/kit/failure-text';
import type { DeliveryRecord, Entry } from '@headgate/kit/record';
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { Barrier } from './inputs.js';
import type { Outcome, StageOutcome } from './outcome.js';
import { recordTables } from './record-tables.js';

export interface Collected {
  readonly barrier: Barrier;
  readonly outcome: Outcome;
  readonly record: DeliveryRecord;
}

/** Markdown; every name in it is escaped. */
export function collectSummary(decision: Decision, { barrier, outcome, record }: Collected): string {
  return [
    heading(2, titleOf(decision, barrier, outcome)),
    causeOf(outcome, record),
    subjectOf(record),
    outcome.stages.length === 0 ? '' : stageTable(outcome.stages),
    recordTables(record),
  ].join('');
}

function titleOf(decision: Decision, barrier: Barrier, { result }: Outcome): string {
  const { application, branch, nothing } = decision;
  if (result === 'success' && nothing !== null) return `${application}: nothing to do`;
  const words = { success: achieved(decision, barrier), failure: 'failed', cancelled: 'was cancelled' };
  return `${application}: ${branch} ${words[result]}`;
}

/** No more than what has happened by then: a feature branch is not delivered, and images alone are no deployment. */
function achieved(decision: Decision, barrier: Barrier): string {
  const { publish, environment, evidence } = decision;
  const isEnd = barrier === 'end' || barrier === 'result';
  if (isEnd && environment !== null) return `delivered to ${environment}`;
  if (evidence === 'verify') return 'shown in staging';
  if (evidence === 'promote')
    return isEnd ? 'tagged and merged back' : `planned for ${environment ?? 'nothing'}`;
  return publish ? 'built, tested and published' : 'built and tested';
}

function causeOf({ cause }: Outcome, record: DeliveryRecord): string {
  if (cause === null) return '';
  return [
    `**${escapeMarkdown(cause.message)}** ${code(cause.code)}\n\n`,
    cause.place === null ? '' : whereOf(cause.place, record),
    `Next: ${escapeMarkdown(cause.hint)}\n\n`,
  ].join('');
}

function whereOf({ file, line }: Place, { flow }: DeliveryRecord): string {
  const place = line === null ? { file } : { file, line };
  const [repository = ''] = flow.run.url.split('/actions/');
  return `Where: ${link(placeText(place), placeUrl(`${repository}/blob/${flow.commit}`, place))}\n\n`;
}

function subjectOf({ flow }: DeliveryRecord): string {
  const shown = [`Commit ${code(flow.commit)}`, `tree ${code(flow.tree)}`, `event ${code(flow.event)}`];
  if (flow.version !== null) shown.push(`version ${code(flow.version)}`);
  return `${shown.join(', ')}, by ${code(flow.actor)}, ${link(`run ${flow.run.id}`, flow.run.url)}\n\n`;
}

function stageTable(stages: readonly StageOutcome[]): string {
  const rows = stages.map(({ stage, result, legs }) => [
    code(stage),
    result,
    legs.map(({ name, entry }) => `${code(name)} ${entry?.result ?? 'left no entry'}`).join(', '),
    secondsOf(legs.flatMap(({ entry }) => (entry === null ? [] : [entry]))),
  ]);
  return table(['Stage', 'Result', 'Legs', 'Time'], rows);
}

/** Legs run beside each other: a stage takes as long as its longest leg. */
function secondsOf(entries: readonly Entry[]): string {
  const legs = entries.map(({ parts }) =>
    (parts.timings ?? []).reduce((sum, { seconds }) => sum + seconds, 0),
  );
  const longest = Math.max(0, ...legs);
  return longest === 0 ? '' : `${longest.toFixed(1)} s`;
}
