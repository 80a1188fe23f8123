// How an action ends: entry file, outputs, annotation, job summary — the same for success, failure and cancelling.
import type { ActionDefinition, Outcome } from './action.js';
import { asActionError } from './action-defect.js';
import type { ActionHost } from './action-host.js';
import type { Core } from './deps.js';
import { writeEntry } from './entry.js';
import { ActionError } from './errors.js';
import { checkOutputs, commonOutputNames, writeOutputs } from './outputs.js';
import type { LegResult } from './record-parts.js';
import { createRedactor } from './secrets.js';
import { code, escapeMarkdown } from './summary.js';

export interface Report {
  readonly definition: Pick<ActionDefinition<never>, 'name' | 'stage' | 'outputNames'>;
  readonly host: ActionHost;
  readonly core: Core;
  readonly outcome: Outcome;
  /** Everything masked so far. */
  readonly secrets: readonly string[];
}

/** Reports and returns the result that stands in the end; outputs that must not leave make a success a failure. */
export async function report(given: Report): Promise<LegResult> {
  const names = [...given.definition.outputNames, ...commonOutputNames, 'leg-id'];
  const vetted = { ...given, outcome: vet(given, names) };
  const { result, error, answer } = vetted.outcome;
  writeOutputs(given.core, names, { ...answer.outputs, result, ...entryOutputs(vetted) });
  if (error !== null) await announce(vetted, error);
  return result;
}

/** The outcome as it was, or without outputs and parts when one of them must not leave. */
function vet(given: Report, names: readonly string[]): Outcome {
  const { outcome } = given;
  try {
    refuseSecrets(given);
    checkOutputs(names, outcome.answer.outputs);
    return outcome;
  } catch (refusal) {
    const result = outcome.result === 'success' ? 'failure' : outcome.result;
    const { stage, name } = outcome.answer.entry ?? {};
    const entry = {
      ...(stage === undefined ? {} : { stage }),
      ...(name === undefined ? {} : { name }),
      parts: {},
    };
    return {
      result,
      error: outcome.error ?? asActionError(refusal, given.core),
      answer: { outputs: {}, entry },
      leg: outcome.leg,
    };
  }
}

function entryOutputs({
  definition,
  host,
  core,
  outcome,
  secrets,
}: Report): Readonly<Record<string, string>> {
  const stage = outcome.answer.entry?.stage ?? definition.stage;
  if (stage === null) return { 'entry-file': '' };
  const { redact } = createRedactor(secrets);
  const { error } = outcome;
  const cause =
    error === null ? null : { code: error.code, message: redact(error.message), hint: redact(error.hint) };
  const written = writeEntry(host.entryFolder, {
    stage,
    name: outcome.answer.entry?.name ?? outcome.leg ?? legName(core, definition.name),
    attempt: host.runAttempt,
    result: outcome.result,
    cause,
    parts: outcome.answer.entry?.parts ?? {},
  });
  return { 'entry-file': written.file, 'leg-id': written.leg };
}

/** The leg's name even when the inputs could not be read: the entry of a failed leg must carry it. */
function legName(core: Pick<Core, 'getInput'>, fallback: string): string {
  const explicit = core.getInput('leg');
  if (explicit !== '') return explicit;
  try {
    const { leg } = JSON.parse(core.getInput('settings')) as { leg?: unknown };
    return typeof leg === 'string' && leg !== '' ? leg : fallback;
  } catch {
    return fallback;
  }
}

/** GitHub would drop such an output in silence, and an entry is a file nobody masks. */
function refuseSecrets({ outcome, secrets }: Report): void {
  const { redact } = createRedactor(secrets);
  const values = [
    ...Object.entries(outcome.answer.outputs),
    ['entry', JSON.stringify(outcome.answer.entry ?? {})] as const,
  ];
  const leaking = values.find(([, value]) => redact(value) !== value);
  if (leaking === undefined) return;
  throw new ActionError({
    code: 'secret-in-output',
    message: `${leaking[0]}: it would contain a secret, and was withheld`,
    hint: 'Choose a longer secret if a short one occurs by chance; else keep the value out of names, tags and addresses.',
  });
}

async function announce({ definition, core, outcome, secrets }: Report, error: ActionError): Promise<void> {
  const { redact } = createRedactor(secrets);
  const [message, hint] = [redact(error.message), redact(error.hint)];
  core.error(`${message}\n${hint}`, { title: `${definition.name}: ${error.code}` });
  if (outcome.answer.explained === true) return;
  const word = outcome.result === 'cancelled' ? 'was cancelled' : 'failed';
  const text = `**${escapeMarkdown(definition.name)} ${word}** ${code(error.code)}\n\n${escapeMarkdown(message)}\n\n${escapeMarkdown(hint)}\n`;
  await core.appendSummary(text);
}
