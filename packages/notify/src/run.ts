// The story of one notice: masks, record, message, then every channel at the same time under one deadline.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { DeliveryRecord } from '@headgate/kit/record';
import { createRedactor } from '@headgate/kit/secrets';
import { deliver, type Limits, type Outcome } from './attempts.js';
import type { Channel } from './channels.js';
import { type Lookup, systemLookup } from './destination.js';
import type { Inputs } from './inputs.js';
import { type MessageScope, messageScope } from './message-scope.js';
import type { Message } from './rendering.js';
import { type Delivery, outputsOf, requiredFailure, showDeliveries, timingsOf } from './report.js';
import { prepareSender, type Sender } from './sender.js';
import { idempotencyKey } from './sending.js';

/**
 * Sends the event to every channel.
 * @throws {ActionError} `template-invalid`, `subject-invalid`, or what reading the record throws; the signal's reason
 * when the job was cancelled. A channel's failure is an outcome, and fails the step only when it is required.
 */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  return await notify(inputs, deps, systemLookup);
}

/** The same with a given resolver of host names. */
export async function notify(inputs: Inputs, deps: Deps, lookup: Lookup): Promise<ActionResult> {
  const { event, secrets, channels } = inputs;
  const parts = { secrets, deps, lookup };
  const senders = await Promise.all(channels.map((channel) => prepareSender(channel, parts)));
  const record = await readRecord(inputs, deps);
  const scope = messageScope(
    { event, data: inputs.data, record },
    deps.context,
    createRedactor(secrets.values),
  );
  const message = await makeMessage(inputs, scope);
  const limits = { clock: deps.clock, signal: deps.signal, end: deps.clock.now() + inputs.deadlineMs };
  const round: Round = { message, scope, limits, leg: inputs.leg };
  const deliveries = await Promise.all(
    channels.map((channel, index) => sendTo(channel, senders[index], round)),
  );
  await showDeliveries(deliveries, event, deps.core);
  const failure = requiredFailure(deliveries);
  const leg = inputs.leg || event;
  return {
    outputs: outputsOf(deliveries),
    entry: { name: leg, parts: { timings: timingsOf(deliveries, leg) } },
    ...(failure === null ? {} : { failure }),
  };
}

interface Round {
  readonly message: Message;
  readonly scope: MessageScope;
  readonly limits: Limits;
  readonly leg: string;
}

async function sendTo(channel: Channel, sender: Sender | undefined, round: Round): Promise<Delivery> {
  const { message, scope, limits, leg } = round;
  const { clock } = limits;
  const started = clock.now();
  const key = idempotencyKey(scope, leg, channel.name);
  const timestamp = new Date(started).toISOString();
  const sending = { message, scope, key, timestamp, now: () => Math.floor(clock.now() / 1000) };
  const outcome = await outcomeOf(sender, (ready) =>
    deliver((signal) => ready.send(sending, signal), limits),
  );
  return { channel, outcome, key, seconds: (clock.now() - started) / 1000 };
}

type Ready = Extract<Sender, { kind: 'ready' }>;

async function outcomeOf(
  sender: Sender | undefined,
  send: (ready: Ready) => Promise<Outcome>,
): Promise<Outcome> {
  if (sender === undefined) throw new Error('every channel has a sender');
  if (sender.kind === 'ready') return await send(sender);
  const { code, message } = sender.fault;
  return { kind: 'failed', tries: 0, code, message };
}

async function makeMessage(inputs: Inputs, scope: MessageScope): Promise<Message> {
  const { renderMessage } = await import('./rendering.js');
  const { subject, template, htmlTemplate } = inputs;
  return renderMessage({ subject, text: template, html: htmlTemplate }, scope);
}

async function readRecord({ record }: Inputs, deps: Deps): Promise<DeliveryRecord | null> {
  if (record === null) return null;
  const [{ fetchRecord }, github] = await Promise.all([
    import('@headgate/kit/artifacts'),
    deps.connectGitHub(record.token),
  ]);
  return await fetchRecord(github, record.artifactId, record.digest);
}
