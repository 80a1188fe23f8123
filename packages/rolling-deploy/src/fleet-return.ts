// Back on all hosts of a target when one of them has failed: hosts must not mix at the end.
import { DeployError } from './errors.js';
import type { FleetHost, HostResult } from './fleet.js';
import type { RolloutResult } from './rollout-result.js';
import type { Instance } from './target.js';
import type { Hand, UndoReport } from './undo.js';

export interface Cause {
  readonly host: FleetHost;
  readonly failure: DeployError;
  /** What served on that host before. */
  readonly former: readonly Instance[];
}

/** Why the hosts go back: the first one that failed, in the order given; null when none did. */
export function causeAmong(hosts: readonly FleetHost[], done: ReadonlyMap<string, HostResult>): Cause | null {
  for (const host of hosts) {
    const result = done.get(host.name)?.result ?? null;
    if (result !== null && 'failure' in result)
      return { host, failure: result.failure, former: result.former };
  }
  return null;
}

/** Replaces the results of hosts that are done by those of their way back, all at the same time. */
export async function goBack(
  hosts: readonly FleetHost[],
  done: Map<string, HostResult>,
  { cause, log }: { readonly cause: Cause; readonly log: (line: string) => void },
): Promise<void> {
  const works = hosts.map(async (host) => {
    const reached = done.get(host.name);
    if (reached === undefined || reached.result === null || 'failure' in reached.result) return;
    const hand = handBack(reached.result, cause);
    if (hand === null) return;
    log(`${host.name} goes back, because ${cause.host.name} failed`);
    const result = broughtBack(reached.result, await host.back(hand), cause);
    done.set(host.name, { ...reached, result });
  });
  await Promise.all(works);
}

/** What to undo on a host that is done; null when it is not this release that it would undo. */
function handBack(result: RolloutResult, { host, former: there }: Cause): Hand | null {
  if (!('back' in result) || result.back === null) return null;
  if (result.outcome === 'deployed') return result.back;
  // It had the version before this run, perhaps from a lost run that began the same release: only if the host that
  // failed came from exactly what this one still keeps.
  const [theirs] = there;
  const [kept] = result.back.former;
  const sameFormer =
    theirs !== undefined && theirs.revision !== host.revision && kept?.digest === theirs.digest;
  return sameFormer ? result.back : null;
}

function broughtBack(result: RolloutResult, undo: UndoReport, { host }: Cause): RolloutResult {
  const isBack = undo.consistent && undo.restored === undo.of;
  const failure = new DeployError({
    code: isBack ? 'host-failed' : 'undo-failed',
    message: isBack
      ? `another host of this target failed, ${host.name}: this one is back at the former version`
      : `another host of this target failed, ${host.name}, and here ${undo.restored} of ${undo.of} former instances could be brought back`,
    hint: isBack
      ? `Repair what ${host.name} failed with, and deploy again.`
      : 'Read the warnings; repair what they name and deploy again: the next run starts from what it finds.',
  });
  return {
    outcome: isBack ? 'undone' : 'failed',
    failure,
    undo,
    serving: null,
    replaced: result.former[0]?.digest ?? result.replaced,
    former: result.former,
    instances: undo.restored,
    traffic: result.traffic,
    notices: [...result.notices, ...undo.notices],
    ...(result.analyses === undefined ? {} : { analyses: result.analyses }),
  };
}
