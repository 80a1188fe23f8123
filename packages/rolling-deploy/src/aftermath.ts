// What the post step does: finishes the undo that a cancelled main step had no time for, removes its tests' containers,
// and tells GitHub the end.
import type { Deps } from '@headgate/kit/deps';
import { connectForUndo, connectHost, removeOwnTests } from './connection.js';
import { existingDeployment, type GitHubDeployment, tellingGitHub } from './github-deployment.js';
import { readHands } from './hand-state.js';
import type { Lock } from './held-lock.js';
import type { Hooking } from './host-hooks.js';
import { journalOf, lockHost } from './host-lease.js';
import { type Inputs, inputsOf } from './inputs.js';
import type { Journal } from './journal.js';
import { fenced } from './lease-keeper.js';
import { describeUndo, undoHand } from './setback.js';
import { timesOf } from './times.js';
import type { Transport } from './transport.js';
import type { Hand, UndoReport } from './undo.js';

/** Answers whether one version serves. @throws {DeployError} when the host cannot be reached or is locked */
export async function finishUndo(inputs: Inputs, deps: Deps): Promise<boolean> {
  const { core } = deps;
  const deployment = openedDeployment(inputs, deps);
  const hands = readHands(core.getState('hand'));
  // Nothing is known of what a hook's container still does: it goes first.
  if (core.getState('hooks') !== '')
    await removeOwnTests(inputs, deps).catch((error: unknown) =>
      core.warning(`containers of hooks could not be looked for: ${String(error)}`),
    );
  if (core.getState('tests') !== '') {
    core.info('the tests were cut off: removing their containers');
    await removeOwnTests(inputs, deps);
    await deployment.report('failure', 'cancelled while the tests ran; the new version serves');
    return true;
  }
  if (hands.size === 0) {
    await deployment.report('failure', 'cancelled before anything was changed');
    return true;
  }
  const holds = inputs.onCancel === 'hold';
  core.info(
    `the deployment was cut off: ${holds ? 'what serves is left as it is' : 'bringing the former version back'}`,
  );
  try {
    if (holds) return await holdOnHosts(hands, inputs, deployment, deps);
    const reports = await undoOnHosts(hands, inputs, deps);
    for (const notice of reports.flatMap(({ notices }) => notices)) core.warning(notice);
    const sum = (of: 'restored' | 'of'): number => reports.reduce((total, report) => total + report[of], 0);
    const sentence = `cancelled: ${sum('restored')} of ${sum('of')} former instances serve`;
    core.info(sentence);
    await deployment.report('failure', sentence);
    return reports.every(({ consistent }) => consistent);
  } catch (error) {
    await deployment.report(
      'failure',
      `undo-failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    throw error;
  }
}

/** On all of them at the same time; one that cannot be reached keeps no other from coming back. */
async function undoOnHosts(
  hands: ReadonlyMap<string, Hand>,
  inputs: Inputs,
  deps: Deps,
): Promise<readonly UndoReport[]> {
  const several = inputs.hosts.length > 1;
  return onHosts(hands, inputs, deps, async (name, place) => {
    const report = await undoOnHost(name, place, deps);
    if (!several) return report;
    deps.core.info(`${name}: ${describeUndo(report)}`);
    return { ...report, notices: report.notices.map((notice) => `${name}: ${notice}`) };
  });
}

async function undoOnHost(name: string, cut: Cut, deps: Deps): Promise<UndoReport> {
  const { hand, inputs, transport, lock, journal } = cut;
  const target = fenced(await connectForUndo(inputs, deps, transport), lock);
  await target.read();
  const how = { target, clock: deps.clock, times: timesOf(inputs), complete: true };
  const report = await undoHand(hand, how);
  // What could not be undone stays written down for the next run.
  if (report.consistent) {
    journal.keep(null);
    await journal.close();
  }
  const isHooked = inputs.hooks.some(({ point }) => point === 'on-rollback');
  // On the way back to a kept release no hook runs.
  if (!isHooked || inputs.source.image.kind === 'kept') return report;
  const { hooksAfterCancel } = await import('./rollback-hooks.js');
  const said = await hooksAfterCancel(hand, { ...cut, name }, deps);
  return { ...report, notices: [...report.notices, ...said] };
}

async function holdOnHosts(
  hands: ReadonlyMap<string, Hand>,
  inputs: Inputs,
  deployment: GitHubDeployment,
  deps: Deps,
): Promise<boolean> {
  await onHosts(hands, inputs, deps, async (_, { hand, journal }) => {
    if (journal.lost === null) journal.keep(hand);
    await journal.hold();
  });
  await deployment.report(
    'failure',
    'cancelled: left as it is (on-cancel: hold), the next deployment goes on',
  );
  return true;
}

/** A host on which something was cut off, under its lock. */
interface Cut {
  readonly hand: Hand;
  readonly inputs: Inputs;
  readonly transport: Transport;
  readonly lock: Lock;
  readonly journal: Journal;
  readonly how: Hooking;
}

async function onHosts<T>(
  hands: ReadonlyMap<string, Hand>,
  inputs: Inputs,
  deps: Deps,
  work: (name: string, place: Cut) => Promise<T>,
): Promise<readonly T[]> {
  const works = [...hands].map(async ([name, hand]) => {
    const host = inputs.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`the host ${name} is none of this target’s any more`);
    const own = inputsOf(inputs, host);
    const how = { isGate: host === inputs.hosts[0], isAlone: inputs.hosts.length === 1 };
    return withHost(own, deps, (place) => work(name, { ...place, hand, inputs: own, how }));
  });
  const ended = await Promise.allSettled(works);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}

async function withHost<T>(
  inputs: Inputs,
  deps: Deps,
  work: (place: Pick<Cut, 'transport' | 'lock' | 'journal'>) => Promise<T>,
): Promise<T> {
  const transport = connectHost(inputs, deps);
  try {
    const lock = await lockHost(inputs, deps, transport);
    try {
      const journal = await journalOf(inputs, deps, { transport, lock });
      return await work({ transport, lock, journal });
    } finally {
      await lock.release();
    }
  } finally {
    await transport.close();
  }
}

/** The one that the main step created; without an id it reports to nobody. */
function openedDeployment(inputs: Inputs, deps: Deps): GitHubDeployment {
  const { core, context } = deps;
  const { environment, environmentUrl, githubToken: token } = inputs;
  const request = { environment, ref: context.sha, payload: {}, logUrl: context.runUrl, environmentUrl };
  return existingDeployment(core.getState('deployment'), request, tellingGitHub(deps, token));
}
