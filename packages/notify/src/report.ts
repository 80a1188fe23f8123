// What became of each channel: outputs, one annotation for every failure, a table in the summary.
import type { Core } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { TimingPart } from '@headgate/kit/record-parts';
import { code, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { Outcome } from './attempts.js';
import type { Channel } from './channels.js';

export interface Delivery {
  readonly channel: Channel;
  readonly outcome: Outcome;
  /** The idempotency key it was sent under. */
  readonly key: string;
  readonly seconds: number;
}

/** Warns of best-effort failures and shows all channels; nothing about a failure is silent. */
export async function showDeliveries(
  deliveries: readonly Delivery[],
  event: string,
  core: Core,
): Promise<void> {
  for (const { channel, outcome } of deliveries) {
    if (outcome.kind === 'delivered' || channel.required) continue;
    core.warning(
      `${channel.name}: ${outcome.message} (${triesOf(outcome)}). The message was not delivered there.`,
      {
        title: `notify: ${outcome.code}`,
      },
    );
  }
  const rows = deliveries.map(({ channel, outcome }) => [
    code(channel.name),
    channel.type,
    channel.required ? 'required' : 'best effort',
    outcome.kind === 'delivered' ? 'delivered' : `**failed** ${code(outcome.code)}`,
    String(outcome.tries),
    outcome.kind === 'delivered' ? '' : escapeMarkdown(outcome.message),
  ]);
  const head = ['channel', 'type', 'policy', 'outcome', 'tries', 'why'];
  const body = rows.length === 0 ? 'No channel is configured.\n' : table(head, rows);
  await core.appendSummary(`${heading(3, `Notification: ${event}`)}${body}`);
}

export function outputsOf(deliveries: readonly Delivery[]): Readonly<Record<string, string>> {
  const list = deliveries.map(({ channel, outcome, key }) => ({
    channel: channel.name,
    type: channel.type,
    required: channel.required,
    outcome: outcome.kind,
    code: outcome.kind === 'failed' ? outcome.code : null,
    tries: outcome.tries,
    key,
  }));
  const delivered = list.filter(({ outcome }) => outcome === 'delivered').length;
  return {
    deliveries: JSON.stringify(list),
    delivered: String(delivered),
    failed: String(list.length - delivered),
  };
}

/** The failure of the step, when a required channel failed. */
export function requiredFailure(deliveries: readonly Delivery[]): ActionError | null {
  const failed = deliveries.flatMap(({ channel, outcome }) =>
    channel.required && outcome.kind === 'failed'
      ? [`${channel.name}: ${outcome.code}, ${outcome.message} (${triesOf(outcome)})`]
      : [],
  );
  if (failed.length === 0) return null;
  return new ActionError({
    code: 'required-channel-failed',
    message: `delivery to every required channel was expected; ${failed.join('; ')}`,
    hint: 'Repair the channel and re-run the job, or set required: false for it.',
  });
}

export function timingsOf(deliveries: readonly Delivery[], leg: string): readonly TimingPart[] {
  return deliveries.map(({ channel, seconds }) => ({ stage: 'notify', leg, step: channel.name, seconds }));
}

function triesOf({ tries }: Outcome): string {
  return tries === 1 ? '1 try' : `${tries} tries`;
}
