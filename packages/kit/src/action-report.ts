// How an action ends: entry file, outputs, annotation, job summary — the same for success, failure and cancelling.
import type { ActionDefinition, Outcome } from './action.js';
import { asActionError } from './action-defect.js';
import type { ActionHost } from './action-host.js';
import type { Core } from './deps.js';
import { writeEntry } from './entry.js';
import { ActionError } from './errors.js';
import { failureOf } from './failure.js';
import { failureSection } from './failure-text.js';
import type { LegNews } from './feedback.js';
import { legHash } from './leg.js';
import { checkOutputs, commonOutputNames, writeOutputs } from './outputs.js';
import { createRedactor } from './secrets.js';

export interface Report {
  readonly definition: Pick<ActionDefinition<never>, 'name' | 'stage' | 'outputNames'>;
  readonly host: ActionHost;
  readonly core: Core;
  readonly outcome: Outcome;
  /** Everything masked so far. */
  readonly secrets: readonly string[];
}

/** Reports and returns the outcome that stands in the end; outputs that must not leave make a success a failure. */
export async function report(given: Report): Promise<Outcome> {
  const names = [...given.definition.outputNames, ...commonOutputNames, 'leg-id'];
  const vetted = { ...given, outcome: vet(given, names) };
  const { result, error, answer } = vetted.outcome;
  const entry = entryOutputs(vetted);
  writeOutputs(given.core, names, { ...answer.outputs, result, ...entry, ...failureOutput(vetted) });
  if (error !== null) await announce(vetted, error);
  return vetted.outcome;
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
      telling: outcome.telling,
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
  const { error } = outcome;
  const cause = error === null ? null : failureOf(error, createRedactor(secrets));
  const written = writeEntry(host.entryFolder, {
    stage,
    name: nameOf(definition, core, outcome),
    attempt: host.runAttempt,
    result: outcome.result,
    cause,
    parts: outcome.answer.entry?.parts ?? {},
  });
  return { 'entry-file': written.file, 'leg-id': written.leg };
}

/** A job is handed all outputs of those before it in one variable, which Linux limits. */
const longestMessage = 2000;

/** For actions that declare it: jobs after this one learn why it failed, also where there is no entry. */
function failureOutput({ definition, outcome, secrets }: Report): Readonly<Record<string, string>> {
  const { error } = outcome;
  if (error === null || !definition.outputNames.includes('failure')) return {};
  const { excerpt: _, ...failure } = failureOf(error, createRedactor(secrets));
  return { failure: JSON.stringify({ ...failure, message: failure.message.slice(0, longestMessage) }) };
}

function nameOf(definition: Report['definition'], core: Core, outcome: Outcome): string {
  return outcome.answer.entry?.name ?? outcome.leg ?? legName(core, definition.name);
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

/** This leg's part of a comment; its section is null when it has passed. Null for what is no leg. */
export function legNews({ definition, host, core, outcome, secrets }: Report): LegNews | null {
  const stage = outcome.answer.entry?.stage ?? definition.stage;
  if (stage === null) return null;
  const name = nameOf(definition, core, outcome);
  const leg = legHash(stage, name);
  if (outcome.error === null) return { leg, section: null };
  const failure = failureOf(outcome.error, createRedactor(secrets));
  return { leg, section: failureSection(failure, { title: `${stage} ${name} failed`, ...host.links }) };
}

/** The annotation stands beside the line where there is one; the summary begins with what failed. */
async function announce(
  { definition, host, core, outcome, secrets }: Report,
  error: ActionError,
): Promise<void> {
  const { result, answer } = outcome;
  const failure = failureOf(error, createRedactor(secrets));
  const { code, message, hint, file, line } = failure;
  core.error(`${message}\n${hint}`, {
    title: `${definition.name}: ${code}`,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { startLine: line }),
  });
  if (answer.explained === true) return;
  const title = `${definition.name} ${result === 'cancelled' ? 'was cancelled' : 'failed'}`;
  await core.prependSummary(failureSection(failure, { title, ...host.links }));
}
