// What keeps a deployment's host for one run, and tells the next one of it: the lock and the journal.
import type { Deps } from '@headgate/kit/deps';
import type { Lock } from './held-lock.js';
import { identityOf } from './host-identity.js';
import { journalName, lockName } from './identity.js';
import type { Inputs } from './inputs.js';
import { type Journal, openJournal } from './journal.js';
import { keepLock } from './lease-keeper.js';
import type { Transport } from './transport.js';

/** Renewed until it is given back. @throws {DeployError} locked, lock-unusable */
export function lockHost(inputs: Inputs, deps: Deps, transport: Transport): Promise<Lock> {
  const { clock, core, signal } = deps;
  return keepLock({
    signal,
    files: transport.files,
    clock,
    path: `${inputs.lockDirectory}/${lockName(identityOf(inputs, deps))}`,
    ...runIn(deps),
    expiryMs: inputs.lockExpiry,
    log: (line) => core.info(line),
  });
}

export function journalOf(inputs: Inputs, deps: Deps, place: JournalPlace): Promise<Journal> {
  return openJournal({
    files: place.transport.files,
    clock: deps.clock,
    path: journalPath(inputs, deps),
    lock: place.lock,
    ...runIn(deps),
    hosts: inputs.hosts.map(({ name }) => name),
  });
}

interface JournalPlace {
  readonly transport: Transport;
  readonly lock: Lock;
}

export function journalPath(inputs: Inputs, deps: Deps): string {
  return `${inputs.lockDirectory}/${journalName(identityOf(inputs, deps))}`;
}

function runIn({ context }: Deps): { readonly owner: string; readonly url: string } {
  return { owner: `${context.repository.fullName}#${context.runId}`, url: context.runUrl };
}
