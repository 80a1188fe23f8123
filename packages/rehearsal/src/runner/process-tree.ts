// A process with everything below it, whatever sessions and environments its descendants gave themselves.
import { readdirSync, readFileSync } from 'node:fs';

/** Parent by process id; empty without /proc. */
function parents(): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const entry of listed()) {
    const parent = parentOf(entry);
    if (parent !== null) found.set(Number(entry), parent);
  }
  return found;
}

function listed(): readonly string[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry));
  } catch {
    return [];
  }
}

function parentOf(pid: string): number | null {
  try {
    // The name in brackets may hold anything; state and parent follow the last bracket.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It ended meanwhile.
    return null;
  }
}

/** The process and its descendants, parents first. */
export function processTree(pid: number): readonly number[] {
  const tree = [pid];
  const known = parents();
  for (const member of tree) for (const [child, parent] of known) if (parent === member) tree.push(child);
  return tree;
}

/** Ends a process and all its descendants at once, as the end of their machine would: nobody gets to tidy up. */
export function killTree(pid: number): void {
  const send = (to: number, signal: NodeJS.Signals): void => {
    try {
      process.kill(to, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  };
  // Stopped first, so that no parent reacts to the end of its child by starting another.
  let tree = processTree(pid);
  for (let size = 0; size < tree.length; tree = processTree(pid)) {
    size = tree.length;
    for (const member of tree) send(member, 'SIGSTOP');
  }
  for (const member of tree) send(member, 'SIGKILL');
}
