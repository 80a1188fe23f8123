// Mode reconcile: finishes the undo of a deployment whose run was lost; touches nothing where a run is alive or none was lost.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { escapeMarkdown, heading } from '@headgate/kit/summary';
import { connectHost, connectionTo, connectParts } from './connection.js';
import { DeployError } from './errors.js';
import { journalPath } from './host-lease.js';
import { type Inputs, inputsOf } from './inputs.js';
import { describeLost, handLeft } from './lost-run.js';
import { withOutcome } from './outcome.js';
import { type Connect, closePlaces, openPlaces, type Place } from './places.js';
import { servingOf } from './plan.js';
import { recover } from './recovery.js';
import { noStarter } from './starter.js';
import type { World } from './target.js';
import { timesOf } from './times.js';
import { createWaits } from './waits.js';

interface Reconciled {
  readonly outcome: 'unchanged' | 'undone' | 'failed';
  readonly digest: string;
  readonly instances: number;
  readonly said: readonly string[];
}

/** @throws {DeployError} when a host cannot be reached or read */
export async function reconcile(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  try {
    return report(inputs, deps, await reconciled(inputs, deps));
  } catch (error) {
    throw withOutcome(error);
  }
}

async function reconciled(inputs: Inputs, deps: Deps): Promise<readonly Reconciled[]> {
  if (!(await isAnyOpen(inputs, deps))) return [leftAlone('no run was lost')];
  const way: Connect = async (own, transport) => {
    const host = await connectParts(own, deps, transport);
    const options = { ...host, starter: noStarter, stopGraceMs: own.stopGrace };
    const image = { registry: '', reference: '', digest: '' };
    return {
      connection: connectionTo(own, options, { revision: '', testPlace: null }, deps),
      delivery: { image, version: null, commit: null, tests: [], hooks: [] },
    };
  };
  try {
    const places = await openPlaces(inputs, way, deps);
    try {
      return await Promise.all(places.map((place) => finish(place, inputs, deps)));
    } finally {
      await closePlaces(places, deps);
    }
  } catch (error) {
    if (error instanceof DeployError && error.code === 'locked') return [leftAlone(error.message)];
    throw error;
  }
}

/** Asked without a lock: most of the time there is nothing to do. */
async function isAnyOpen(inputs: Inputs, deps: Deps): Promise<boolean> {
  for (const host of inputs.hosts) {
    const own = inputsOf(inputs, host);
    const transport = connectHost(own, deps);
    try {
      if ((await transport.files.read(journalPath(own, deps))) !== null) return true;
    } finally {
      await transport.close();
    }
  }
  return false;
}

async function finish(place: Place, inputs: Inputs, { clock, signal }: Deps): Promise<Reconciled> {
  const { lost, journal, steps, connection } = place;
  const { target } = connection;
  const world = await steps.run('read', '', () => target.read());
  if (lost === null) return { ...servedIn(world), outcome: 'unchanged', said: world.notices };
  if (lost.state === 'held')
    return { ...servedIn(world), outcome: 'unchanged', said: [`${describeLost(lost)}: it is left`] };
  const hand = handLeft(lost, world);
  const serving = servingOf(world);
  const [one] = hand?.former ?? serving;
  if (one === undefined) {
    journal.keep(null);
    return {
      ...servedIn(world),
      outcome: 'unchanged',
      said: [`${describeLost(lost)}: nothing served before`],
    };
  }
  const times = timesOf(inputs);
  const waits = createWaits({ target, clock, signal, times });
  const wanted = { revision: one.revision, instances: hand?.former.length ?? serving.length };
  const how = { target, steps, clock, signal, waits, lost: hand === null ? null : lost };
  const after = await recover(world, { wanted, times }, how).finally(() => waits.close());
  const back = servingOf(after);
  const isBack = back.every(({ revision }) => revision === one.revision) && back.length >= wanted.instances;
  if (isBack) journal.keep(null);
  const said =
    hand === null
      ? [`${describeLost(lost)}: nothing of it is left to undo`, ...after.notices]
      : after.notices;
  const outcome = !isBack ? 'failed' : hand === null ? 'unchanged' : 'undone';
  return { ...servedIn(after), outcome, said };
}

function servedIn(world: World): Pick<Reconciled, 'digest' | 'instances'> {
  const serving = servingOf(world);
  return { digest: serving[0]?.digest ?? '', instances: serving.length };
}

function leftAlone(why: string): Reconciled {
  return { outcome: 'unchanged', digest: '', instances: 0, said: [why] };
}

async function report(
  { service, environment }: Inputs,
  { core }: Deps,
  hosts: readonly Reconciled[],
): Promise<ActionResult> {
  const outcome = (['failed', 'undone'] as const).find((each) => hosts.some((host) => host.outcome === each));
  const said = hosts.flatMap((host) => host.said);
  for (const line of said) core.info(line);
  const list = said.map((line) => `- ${escapeMarkdown(line)}\n`).join('');
  await core.appendSummary(
    `${heading(3, `reconcile: ${service} in ${environment}: ${outcome ?? 'unchanged'}`)}${list}\n`,
  );
  const failure = new DeployError({
    code: 'undo-failed',
    message: `what a lost run left of ${service} could not be undone completely: ${said.join('; ')}`,
    hint: 'Repair what is named, and deploy: the journal stays, and the next run goes on from it.',
  });
  return {
    outputs: {
      outcome: outcome ?? 'unchanged',
      digest: hosts[0]?.digest ?? '',
      replaced: '',
      instances: String(hosts.reduce((sum, { instances }) => sum + instances, 0)),
    },
    ...(outcome === 'failed' ? { failure } : {}),
  };
}
