// The hosts of a deployment as a fleet drives them, and what the post step would have to undo on each.
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { DeployError } from './errors.js';
import type { FleetHost } from './fleet.js';
import { writeHands } from './hand-state.js';
import type { HookCalls } from './hooks.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import type { Place, Places } from './places.js';
import { recover } from './recovery.js';
import { rollOut } from './rollout.js';
import type { RolloutHelp } from './rollout-help.js';
import type { RolloutResult } from './rollout-result.js';
import { describeUndo, undoHand } from './setback.js';
import { timesOf } from './times.js';
import type { Hand, UndoReport } from './undo.js';
import { createWaits } from './waits.js';

interface Given {
  readonly help: RolloutHelp;
  readonly inputs: Inputs;
  readonly image: ImageReference;
  readonly deps: Deps;
}

type Keep = (place: Place, hand: Hand | null) => void;

export interface FleetHosts {
  readonly hosts: readonly [FleetHost, ...FleetHost[]];
  /** Nothing is left to undo on any of them. */
  forget(): void;
}

export function fleetHosts(places: Places, given: Given): FleetHosts {
  const { core } = given.deps;
  const hands = new Map<string, Hand>();
  const dealtWith = new Map<string, readonly string[]>();
  const keep: Keep = ({ name, journal }, hand) => {
    if (hand === null) hands.delete(name);
    else hands.set(name, hand);
    journal.keep(hand);
    core.saveState('hand', writeHands(hands));
  };
  // A host that is done counts as long as the others are not.
  const keepsDone = places.length > 1 && given.inputs.onFailure === 'undo';
  const hostOf = (place: Place): FleetHost => {
    const hooks = hooksOf(place, places, given);
    return {
      name: place.name,
      revision: place.connection.revision,
      putRight: async () => {
        const notices = await putRight(place, given);
        if (notices !== null) dealtWith.set(place.name, notices);
      },
      roll: async () => {
        const how = { keep, keepsDone, hooks: await hooks() };
        const notices = dealtWith.get(place.name);
        if (notices === undefined) return roll(place, given, how);
        const result = await roll({ ...place, lost: null }, given, how);
        return { ...result, notices: [...notices, ...result.notices] };
      },
      back: (hand) => back(place, hand, { given, keep, hooks }),
    };
  };
  const [gate, ...others] = places;
  return {
    hosts: [hostOf(gate), ...others.map(hostOf)],
    forget: () => {
      hands.clear();
      for (const { journal } of places) journal.keep(null);
      core.saveState('hand', '');
      core.saveState('hooks', '');
    },
  };
}

/** Made once and when they are needed: their code loads for whoever has any. */
function hooksOf(place: Place, places: Places, { deps }: Given): () => Promise<HookCalls | null> {
  const how = { isGate: place === places[0], isAlone: places.length === 1 };
  let made: Promise<HookCalls | null> | null = null;
  return () => {
    made ??=
      place.delivery.hooks.length === 0
        ? Promise.resolve(null)
        : import('./host-hooks.js').then(({ hooksAt }) => hooksAt(place, how, deps));
    return made;
  };
}

interface Back {
  readonly given: Given;
  readonly keep: Keep;
  readonly hooks: () => Promise<HookCalls | null>;
}

async function back(place: Place, hand: Hand, { given, keep, hooks }: Back): Promise<UndoReport> {
  const { steps, connection } = place;
  const { inputs, deps } = given;
  const how = { target: connection.target, clock: deps.clock, times: timesOf(inputs), complete: true };
  const report = await steps.run('undo', '', () => undoHand(hand, how), describeUndo);
  const said = await (await hooks())?.rolledBack('host-failed', { instances: hand.former, undone: true });
  keep(place, null);
  return { ...report, notices: [...report.notices, ...(said ?? [])] };
}

/** Answers what was found; null when there is nothing to put right before the host's turn comes. */
async function putRight(place: Place, { inputs, deps }: Given): Promise<readonly string[] | null> {
  const { connection, steps, lost, log, journal } = place;
  const { target, revision } = connection;
  if (lost === null || lost.revision === revision) return null;
  const { clock, signal } = deps;
  const times = timesOf(inputs);
  const waits = createWaits({ target, clock, signal, times });
  try {
    const world = await steps.run('read', '', () => target.read());
    const wanted = { revision, instances: inputs.instances };
    const { notices } = await recover(
      { ...world, notices: [] },
      { wanted, times },
      { ...place, target, clock, signal, waits },
    );
    for (const notice of notices) log(notice);
    journal.keep(null);
    return [...world.notices, ...notices];
  } finally {
    waits.close();
  }
}

function roll(
  place: Place,
  { help, inputs, image, deps }: Given,
  {
    keep,
    keepsDone,
    hooks,
  }: { readonly keep: Keep; readonly keepsDone: boolean; readonly hooks: HookCalls | null },
): Promise<RolloutResult> {
  const { connection, steps, lines, log, journal, lost } = place;
  const { clock, signal } = deps;
  const { target, revision } = connection;
  const wanted = { revision, instances: inputs.instances };
  return rollOut(
    {
      wanted,
      digest: image.digest,
      times: timesOf(inputs),
      strategy: inputs.strategy,
      keepReleases: inputs.keepReleases,
    },
    {
      target,
      clock,
      signal,
      steps,
      keep: (hand) => keep(place, hand),
      keepsDone,
      ...(hooks === null ? {} : { hooks }),
      lost,
      recovered: () => journal.begin({ revision, digest: image.digest, strategy: inputs.strategy.kind }),
      holdsOnCancel: inputs.onCancel === 'hold',
      ...help,
      say: log,
      explain: (failure, last) => {
        lines.push(...last);
        return explain(failure, last, { core: deps.core, log });
      },
    },
  );
}

async function explain(
  failure: DeployError,
  lines: readonly string[],
  { core, log }: Pick<Deps, 'core'> & Pick<Place, 'log'>,
): Promise<void> {
  // The annotation follows when the step ends; the cause must stand before the undo in the log.
  log(`failed: ${failure.code}: ${failure.message}`);
  if (lines.length === 0) return;
  const show = async ({ line }: { line: (text: string) => void }): Promise<void> => lines.forEach(line);
  await withStopCommands(core, show, 'Last log lines of the instance');
}
