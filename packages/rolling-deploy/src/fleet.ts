// One target on several hosts: wave after wave, and back on all of them when one fails. Knows no kind of host.

import { asDeployError, type DeployError } from './errors.js';
import { causeAmong, goBack } from './fleet-return.js';
import type { RolloutResult } from './rollout-result.js';
import type { Amount } from './strategy.js';
import type { Hand, UndoReport } from './undo.js';
import { planWaves } from './waves.js';

export interface FleetHost {
  readonly name: string;
  /** Of the wanted version on this host. */
  readonly revision: string;
  /** Undoes what a lost run of another release left; rejects when that cannot be looked at. */
  putRight?(): Promise<void>;
  /** Brings the host to the wanted version or back; rejects when nothing could be begun. */
  roll(): Promise<RolloutResult>;
  /** Brings the former version of a host that was done back. Never rejects. */
  back(hand: Hand): Promise<UndoReport>;
}

export type OnFailure = 'undo' | 'hold';

export interface FleetPlan {
  readonly wave: Amount;
  /** What becomes of hosts that are done when another one fails. */
  readonly onFailure: OnFailure;
}

export interface HostResult {
  readonly name: string;
  /** 1 is the gate; 0 for a host that was never reached. */
  readonly wave: number;
  /** Null: never reached, nothing was changed on it. */
  readonly result: RolloutResult | null;
}

export interface FleetResult {
  /** In the order given: the gate first. */
  readonly hosts: readonly [HostResult, ...HostResult[]];
  /** Of the first host that failed; null when none did. */
  readonly failure: DeployError | null;
  /** Name of that host; '' when none failed. */
  readonly failed: string;
}

export interface FleetDeps {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Hosts of one wave go at the same time. @throws what the only host of a fleet rejects with, before anything was begun */
export async function rollFleet(
  hosts: readonly [FleetHost, ...FleetHost[]],
  { wave, onFailure }: FleetPlan,
  deps: FleetDeps,
): Promise<FleetResult> {
  const done = new Map<string, HostResult>();
  const [gate, ...others] = hosts;
  if (others.length === 0) done.set(gate.name, { name: gate.name, wave: 1, result: await gate.roll() });
  else await playWaves(hosts, wave, { done, deps });
  const resultOf = ({ name }: FleetHost): HostResult => done.get(name) ?? { name, wave: 0, result: null };
  const cause = causeAmong(hosts, done);
  // A cancelled step has no time for it: its post step brings all hosts back.
  const leaves = cause === null || onFailure === 'hold' || deps.signal.aborted;
  if (!leaves && hosts.length > 1) await goBack(hosts, done, { cause, log: deps.log });
  return {
    hosts: [resultOf(gate), ...others.map(resultOf)],
    failure: cause?.failure ?? null,
    failed: cause?.host.name ?? '',
  };
}

interface Stage {
  readonly done: Map<string, HostResult>;
  readonly deps: FleetDeps;
}

async function playWaves(hosts: readonly FleetHost[], wave: Amount, { done, deps }: Stage): Promise<void> {
  // On all of them first: a gate that fails must not leave another host in the middle of an older release.
  await Promise.all(hosts.map(({ putRight }) => putRight?.()));
  const waves = planWaves(hosts, wave);
  for (const [index, members] of waves.entries()) {
    const names = members.map(({ name }) => name).join(', ');
    deps.log(`wave ${index + 1} of ${waves.length}: ${names}${index === 0 ? ' (the gate)' : ''}`);
    const results = await Promise.all(members.map(rollOne));
    for (const [at, { name }] of members.entries())
      done.set(name, { name, wave: index + 1, result: results[at] ?? null });
    if (results.some((result) => 'failure' in result) || deps.signal.aborted) return;
  }
}

/** A host that could not be read is one that failed with nothing begun. */
async function rollOne(host: FleetHost): Promise<RolloutResult> {
  try {
    return await host.roll();
  } catch (error) {
    const failure = asDeployError(error, 'engine-refused', `${host.name} could not be deployed to`);
    return nothingBegun(failure);
  }
}

function nothingBegun(failure: DeployError): RolloutResult {
  const undo = { restored: 0, of: 0, consistent: true, notices: [] };
  const traffic = { responses: 0, errors: 0, sessions: 0 };
  return {
    outcome: 'failed',
    failure,
    undo,
    serving: null,
    replaced: null,
    instances: 0,
    traffic,
    notices: [],
    former: [],
  };
}
