// Mode plan: says what a deployment with the same inputs would change, as log, summary and JSON, and touches nothing.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { code, counted, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import { type Forecast, forecast } from './forecast.js';
import { type Inputs, inputsOf } from './inputs.js';
import { withOutcome } from './outcome.js';

/** @throws {DeployError | InputError} as a deployment would before it changes anything */
export async function showPlan(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  try {
    const plans: Forecast[] = [];
    for (const host of inputs.hosts) {
      const plan = await forecast(inputsOf(inputs, host), deps);
      plans.push(inputs.hosts.length === 1 ? plan : { ...plan, host: host.name });
    }
    for (const line of plans.flatMap(lines)) deps.core.info(line);
    await deps.core.appendSummary(plans.map((plan) => summarise(plan, inputs)).join(''));
    const [first] = plans;
    return {
      outputs: {
        changes: String(plans.some(({ changes }) => changes)),
        plan: JSON.stringify(plans.length === 1 ? first : plans),
        outcome: 'unchanged',
        digest: first?.image.from ?? '',
        replaced: '',
        instances: String(plans.reduce((sum, { instances }) => sum + instances.from, 0)),
      },
    };
  } catch (error) {
    throw withOutcome(error);
  }
}

function lines(plan: Forecast): readonly string[] {
  const { stages, notices } = plan;
  const rows = rowsOf(plan).map(([what, from, to]) => `  ${what}: ${from || 'none'} -> ${to || 'none'}`);
  return [
    headline(plan),
    ...rows,
    ...stages.map((stage, index) => `  ${index + 1}. ${stage}`),
    ...notices.map((notice) => `  note: ${notice}`),
  ];
}

function summarise(plan: Forecast, { target, environment }: Inputs): string {
  const rows = rowsOf(plan).map(([what, from, to]) => [escapeMarkdown(what), cell(from), cell(to)]);
  const stages = plan.stages.map((stage, index) => `${index + 1}. ${escapeMarkdown(stage)}\n`).join('');
  const notices = plan.notices.map((notice) => `- ${escapeMarkdown(notice)}\n`).join('');
  return [
    heading(3, `${headline(plan)}, ${target} in ${environment}`),
    rows.length === 0 ? '' : table(['', 'Now', 'Then'], rows),
    stages === '' ? '' : `**${plan.strategy}**\n\n${stages}\n`,
    notices === '' ? '' : `${notices}\n`,
  ].join('');
}

function headline({ service, host, changes }: Forecast): string {
  return changes
    ? `plan: ${service} on ${host} would change, nothing was touched`
    : `plan: ${service} on ${host} is as wanted, nothing would change`;
}

type Row = readonly [what: string, from: string, to: string];

/** What differs, image and number first. */
function rowsOf({ image, instances, differences, changes }: Forecast): readonly Row[] {
  if (!changes) return [];
  const place = image.isOnHost ? '' : ' (would be pulled)';
  const rows: Row[] = differences.map(({ what, from, to }) => [what, from ?? '', to ?? '']);
  if (instances.from !== instances.to)
    rows.unshift(['instances', counted(instances.from, 'instance'), counted(instances.to, 'instance')]);
  if (image.from !== image.to) rows.unshift(['image', image.from ?? '', `${image.to}${place}`]);
  return rows;
}

function cell(text: string): string {
  return text === '' ? 'none' : code(text);
}
