// A child that may outlive its parent: a mark by which a later process recognises it, and whether it still runs.

export interface ChildMark {
  readonly pid: number;
  /** When the system started it, in its own units; null where the system does not tell. Ids are used again. */
  readonly started: string | null;
}

/** The mark of a process that runs now. */
export function markChild(pid: number): ChildMark {
  return { pid, started: readStatus(pid)?.started ?? null };
}

/** Whether that very process still runs; one that ended and was not collected does not. */
export function isRunning({ pid, started }: ChildMark): boolean {
  const status = readStatus(pid);
  if (status !== null) return status.state !== 'Z' && (started === null || status.started === started);
  if (started !== null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Source: proc(5), fields 3 (state) and 22 (starttime); the second field may hold spaces and parentheses. */
function readStatus(pid: number): { readonly state: string; readonly started: string } | null {
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === undefined || started === undefined ? null : { state, started };
  } catch {
    return null;
  }
}
