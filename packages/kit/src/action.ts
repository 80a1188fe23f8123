// The entry of every action: inputs → deps → run → report, in one place for all of them.
import { asActionError } from './action-defect.js';
import { type ActionHost, createRealHost } from './action-host.js';
import { legNews, type Report, report } from './action-report.js';
import type { Core, Deps } from './deps.js';
import type { ActionError } from './errors.js';
import { createInputReader, type InputReader, type InputSpecs } from './inputs.js';
import type { LegResult, RecordParts, StageName } from './record-parts.js';
import { loadYaml, YamlNotLoaded } from './yaml-loader.js';

export interface ActionResult {
  readonly outputs: Readonly<Record<string, string>>;
  /** What the entry says was done; `stage` and `name` override the definition's stage and the `leg` input. */
  readonly entry?: {
    readonly stage?: StageName;
    readonly name?: string;
    readonly parts: Partial<RecordParts>;
  };
  /** Fails the step after outputs and entry are written. */
  readonly failure?: ActionError;
  /** The summary says already what failed and what to do: the entry must not say it twice. */
  readonly explained?: boolean;
}

export interface ActionDefinition<I> {
  readonly name: string;
  /** The stage of its entry; null leaves an entry only if `run` returns one with a stage. */
  readonly stage: StageName | null;
  readonly specs: InputSpecs;
  readonly outputNames: readonly string[];
  readonly readInputs: (reader: InputReader) => I;
  /** The leg's name once the inputs are good; the input `leg` without it. Success and failure must name the same leg. */
  readonly legOf?: (inputs: I) => string;
  /** Where a failure is told besides the summary: on the pull request that the run is about. */
  readonly feedback?: FeedbackDefinition<I>;
  /** The lazy import of run.ts: nothing of it loads before the inputs are good. */
  readonly load: () => Promise<{ run(inputs: I, deps: Deps): Promise<ActionResult> }>;
}

export interface FeedbackDefinition<I> {
  /** The token to write with; null when it was not asked for. */
  readonly tokenOf: (inputs: I) => string | null;
  /** The lazy import of kit's feedback.ts: no other action's bundle holds it. */
  readonly load: () => Promise<Pick<typeof import('./feedback.js'), 'tellLeg'>>;
}

export interface Outcome {
  readonly result: LegResult;
  readonly error: ActionError | null;
  readonly answer: ActionResult;
  /** Null when the inputs could not be read, or do not name it. */
  readonly leg: string | null;
  /** Null when no comment was asked for, or the work did not begin. */
  readonly telling: { readonly token: string; readonly deps: Deps } | null;
}

/** Runs an action as this process's work. Never rejects; the exit code says how it went. */
export async function runAction<I>(definition: ActionDefinition<I>): Promise<void> {
  const host = createRealHost();
  host.exit(await performAction(definition, host));
}

/** The same on a given host: returns the outcome after everything was reported and cleaned up. */
export async function performAction<I>(
  definition: ActionDefinition<I>,
  host: ActionHost,
): Promise<LegResult> {
  const secrets: string[] = [];
  const core = rememberingSecrets(host.core, secrets);
  const outcome = await settle(definition, host, core);
  const reporting = { definition, host, core, outcome, secrets };
  const reported = await report(reporting);
  await tell(definition, { ...reporting, outcome: reported });
  host.removeTemporary();
  return reported.result;
}

async function settle<I>(definition: ActionDefinition<I>, host: ActionHost, core: Core): Promise<Outcome> {
  let leg: string | null = null;
  let telling: Outcome['telling'] = null;
  try {
    const inputs = await readInputs(definition, core);
    leg = definition.legOf?.(inputs) ?? null;
    host.signal.throwIfAborted();
    const deps = await host.createDeps(core);
    const token = definition.feedback?.tokenOf(inputs) ?? null;
    telling = token === null ? null : { token, deps };
    const answer = await Promise.race([work(definition, inputs, deps), host.cleanUpLimit]);
    const failure = answer.failure ?? null;
    return { result: resultOf(failure, host.signal), error: failure, answer, leg, telling };
  } catch (caught) {
    const error = asActionError(caught, core);
    return { result: resultOf(error, host.signal), error, answer: { outputs: error.outputs }, leg, telling };
  }
}

/** A cancelled step has no time for it, and nothing to say that people did not do themselves. */
async function tell<I>({ feedback }: ActionDefinition<I>, reporting: Report): Promise<void> {
  const { telling, result } = reporting.outcome;
  if (feedback === undefined || telling === null || result === 'cancelled') return;
  const news = legNews(reporting);
  if (news === null) return;
  const { tellLeg } = await feedback.load();
  await tellLeg(telling.deps, telling.token, news);
}

async function work<I>(definition: ActionDefinition<I>, inputs: I, deps: Deps): Promise<ActionResult> {
  const { run } = await definition.load();
  return run(inputs, deps);
}

/** Reading has no effect but masks, so it is simply done again once some input turned out to need the parser. */
async function readInputs<I>(definition: ActionDefinition<I>, core: Core): Promise<I> {
  try {
    return definition.readInputs(createInputReader(definition.specs, core));
  } catch (error) {
    if (!(error instanceof YamlNotLoaded)) throw error;
    await loadYaml();
    return definition.readInputs(createInputReader(definition.specs, core));
  }
}

function resultOf(error: ActionError | null, signal: AbortSignal): LegResult {
  if (error === null) return 'success';
  return signal.aborted || error.code === 'cancelled' ? 'cancelled' : 'failure';
}

/** Masks are also known to the report, which writes a file that GitHub does not mask. */
function rememberingSecrets(core: Core, secrets: string[]): Core {
  return {
    ...core,
    setSecret(value) {
      secrets.push(value);
      core.setSecret(value);
    },
  };
}
