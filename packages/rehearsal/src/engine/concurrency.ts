// Concurrency groups: one holder at a time, one pending by default, all of them with `queue: max`.

export interface GroupRequest {
  /** Repository and group; compared without case, as on GitHub. */
  readonly key: string;
  readonly cancelInProgress: boolean;
  readonly queue: 'single' | 'max';
  /** Groups that a caller of this job or its run already holds: waiting for one of them would never end. */
  readonly held: readonly string[];
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Called when a newer holder with cancel-in-progress arrives. */
  cancel(reason: string): void;
}

export type GroupAnswer =
  | { readonly kind: 'acquired'; release(): void }
  | { readonly kind: 'refused'; readonly reason: string };

interface Ticket {
  readonly request: GroupRequest;
  answer(answer: GroupAnswer): void;
}

interface Group {
  running: Ticket;
  pending: Ticket[];
}

export interface ConcurrencyGroups {
  acquire(request: GroupRequest): Promise<GroupAnswer>;
}

/** The group as the file names it. */
function nameOf({ key }: GroupRequest): string {
  return key.slice(key.indexOf(':') + 1);
}

/** Groups of one engine. Source: docs.github.com, "Control the concurrency of workflows and jobs". */
export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, Group>();
  return {
    acquire(request) {
      const key = request.key.toLowerCase();
      if (request.held.some((held) => held.toLowerCase() === key)) {
        const reason = `Canceling since a deadlock for concurrency group '${nameOf(request)}' was detected`;
        return Promise.resolve({ kind: 'refused', reason });
      }
      if (request.signal.aborted)
        return Promise.resolve({ kind: 'refused', reason: 'The run was canceled.' });
      const group = groups.get(key);
      return new Promise((resolve) => {
        const ticket: Ticket = { request, answer: resolve };
        if (group === undefined) {
          groups.set(key, { running: ticket, pending: [] });
          resolve(acquired(groups, key));
        } else {
          wait(ticket, group);
        }
      });
    },
  };
}

function acquired(groups: Map<string, Group>, key: string): GroupAnswer {
  let held = true;
  return {
    kind: 'acquired',
    release: () => {
      if (held) release(groups, key);
      held = false;
    },
  };
}

function release(groups: Map<string, Group>, key: string): void {
  const group = groups.get(key);
  const next = group?.pending.shift();
  if (group === undefined || next === undefined) {
    groups.delete(key);
    return;
  }
  group.running = next;
  next.answer(acquired(groups, key));
}

/**
 * Most that wait in one group with `queue: max`.
 * Source: https://github.blog/changelog/2026-05-07-github-actions-concurrency-groups-now-allow-larger-queues; who comes
 * after them is cancelled, as https://docs.github.com/actions/reference/limits says of limits where nothing else is said.
 */
const waitingLimit = 100;

/** Behind the one that runs; older ones that wait are refused unless all may wait. */
function wait(ticket: Ticket, group: Group): void {
  const { request } = ticket;
  if (request.queue === 'max' && group.pending.length >= waitingLimit) {
    refuse(ticket, `Canceling since ${waitingLimit} requests wait for ${nameOf(request)} already`);
    return;
  }
  const reason = `Canceling since a higher priority waiting request for ${nameOf(request)} exists`;
  if (request.queue === 'single') {
    for (const older of group.pending.splice(0)) refuse(older, reason);
  }
  group.pending.push(ticket);
  const giveUp = (): void => {
    const index = group.pending.indexOf(ticket);
    if (index === -1) return;
    group.pending.splice(index, 1);
    refuse(ticket, 'The run was canceled.');
  };
  request.signal.addEventListener('abort', giveUp, { once: true });
  if (request.cancelInProgress) group.running.request.cancel(reason);
}

function refuse(ticket: Ticket, reason: string): void {
  ticket.answer({ kind: 'refused', reason });
}
