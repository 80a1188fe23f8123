// What people read of a deployment to several hosts: one sentence, one row a host, and each host's own steps.
import { code, counted, details, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import { analysesOf } from './analysis-report.js';
import { DeployError } from './errors.js';
import type { FleetResult, HostResult } from './fleet.js';
import {
  causeOf,
  deploymentPart,
  linesOf,
  noticesOf,
  type ReportContext,
  short,
  stepsOf,
  timing,
  trafficOf,
} from './report.js';
import type { RolloutResult } from './rollout-result.js';
import { type Conclusion, contextOf, type Telling } from './telling.js';
import { testsOf } from './test-report.js';

type Outcome = RolloutResult['outcome'];

/** The output `hosts`: one object a host, as JSON. */
export function hostsOutput(hosts: readonly HostResult[], wanted: string): string {
  const rows = hosts.map(({ name, wave, result }) => {
    const replaced = result?.replaced ?? '';
    const outcome = result?.outcome ?? 'not-reached';
    if (result === null) return { host: name, wave, outcome };
    const digest = 'failure' in result ? replaced : (result.serves ?? wanted);
    const failed = 'failure' in result ? { code: result.failure.code } : {};
    return { host: name, wave, outcome, digest, replaced, instances: result.instances, ...failed };
  });
  return JSON.stringify(rows);
}

export function tellFleet(conclusion: Conclusion, fleet: FleetResult): Telling {
  const { image, tested } = conclusion;
  const { hosts } = fleet;
  const outcome = outcomeOf(fleet);
  const failure = failureOf(fleet) ?? tested.failure;
  const sentence = sentenceOf(contextOf(conclusion), fleet, failure);
  const [{ result: gate }] = hosts;
  const replaced = gate?.replaced ?? '';
  const isThere = outcome === 'deployed' || outcome === 'unchanged';
  return {
    sentence,
    summary: summarise(conclusion, { hosts, sentence, failure }),
    notices: noticesIn(hosts),
    outputs: {
      outcome,
      digest: isThere ? (gate?.serves ?? image.digest) : replaced,
      replaced,
      instances: String(hosts.reduce((sum, { result }) => sum + (result?.instances ?? 0), 0)),
      hosts: hostsOutput(hosts, image.digest),
    },
    parts: partsOf(conclusion, hosts),
    failure,
    explained: true,
  };
}

interface Told {
  readonly hosts: readonly HostResult[];
  readonly sentence: string;
  readonly failure: DeployError | null;
}

function summarise(conclusion: Conclusion, { hosts, sentence, failure }: Told): string {
  const { places, tested } = conclusion;
  const context = contextOf(conclusion);
  const columns = ['Host', 'Wave', 'Outcome', 'Before', 'In traffic now', ''];
  return [
    heading(3, sentence),
    causeOf(context, failure),
    table(
      columns,
      hosts.map((host) => rowOf(context, host)),
    ),
    ...places
      .filter(({ steps }) => steps.records.length > 0)
      .flatMap(({ name, steps, connection }) => [
        analysesOf(context, hosts.find((host) => host.name === name)?.result?.analyses ?? []),
        details(`Traffic on ${name}`, trafficOf(context, connection.traffic)),
        stepsOf(context, `Steps on ${name}`, steps.records),
      ]),
    testsOf(tested.parts),
    noticesOf(context, noticesIn(hosts)),
    linesOf(
      context,
      places.flatMap(({ lines }) => lines),
    ),
  ].join('');
}

/** One deployment a host that was reached, its target named `target/host`. */
function partsOf(conclusion: Conclusion, hosts: readonly HostResult[]): Telling['parts'] {
  const { places, tested } = conclusion;
  const context = contextOf(conclusion);
  return {
    deployments: hosts.flatMap(({ name, result }) =>
      result === null ? [] : [deploymentPart({ ...context, target: `${context.target}/${name}` }, result)],
    ),
    tests: tested.parts.map(({ test }) => test),
    timings: places.flatMap(({ name, steps }) =>
      steps.records.map((step) => {
        const part = timing(step, context.leg);
        return { ...part, step: `${name}: ${part.step}` };
      }),
    ),
  };
}

/** Of all hosts together: `undone` only when none of them is left with the new version or with none. */
function outcomeOf({ hosts, failure }: FleetResult): Outcome {
  const outcomes = hosts.flatMap(({ result }) => result?.outcome ?? []);
  if (failure === null) return outcomes.includes('deployed') ? 'deployed' : 'unchanged';
  const isBack = ({ result }: HostResult): boolean => {
    if (result === null) return true;
    return 'failure' in result && result.undo.consistent && result.undo.restored === result.undo.of;
  };
  return hosts.every(isBack) && outcomes.includes('undone') ? 'undone' : 'failed';
}

/** The first host's cause with its name; `undo-failed` when not every host that was begun is back. */
function failureOf({ hosts, failure, failed }: FleetResult): DeployError | null {
  if (failure === null) return null;
  const { code: first, message, hint } = failure;
  const stuck = hosts.filter(({ result }) => {
    if (result === null || !('failure' in result)) return false;
    return !result.undo.consistent || result.undo.restored !== result.undo.of;
  });
  const named = `${failed}: ${message}`;
  if (stuck.length === 0 || first === 'cancelled')
    return new DeployError({ code: first, message: named, hint, cause: failure });
  const names = stuck.map(({ name }) => name).join(', ');
  return new DeployError({
    code: 'undo-failed',
    message: `${named}; then the former version could not be brought back completely on ${names}`,
    hint: 'Read the warnings above; repair what they name and deploy again: the next run starts from what it finds.',
    cause: failure,
  });
}

function sentenceOf(
  { service, environment, digest }: ReportContext,
  { hosts, failed }: FleetResult,
  failure: { readonly code: string } | null,
): string {
  const having = hosts.filter(({ result }) => result !== null && !('failure' in result)).length;
  const all = counted(hosts.length, 'host');
  const state = `${service} runs ${short(digest)} in ${environment} on ${having} of ${all}`;
  if (failed === '') return failure === null ? state : `${failure.code}: ${state}`;
  return having === 0
    ? `${failure?.code ?? ''}: ${failed} failed, ${service} in ${environment} runs ${short(digest)} on none of ${all}`
    : `${failure?.code ?? ''}: ${failed} failed, ${state}`;
}

function rowOf({ redact }: ReportContext, { name, wave, result }: HostResult): readonly string[] {
  if (result === null) return [escapeMarkdown(name), '', 'not reached', '', '', ''];
  const why = 'failure' in result ? `${result.failure.code}: ${result.failure.message}` : '';
  const before = result.replaced === null ? 'nothing served' : code(short(result.replaced));
  const outcome = 'failure' in result ? `**${result.outcome}**` : result.outcome;
  const instances = counted(result.instances, 'instance');
  return [escapeMarkdown(name), String(wave), outcome, before, instances, escapeMarkdown(redact(why))];
}

function noticesIn(hosts: readonly HostResult[]): readonly string[] {
  return hosts.flatMap(({ name, result }) => (result?.notices ?? []).map((notice) => `${name}: ${notice}`));
}
