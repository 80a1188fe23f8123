// Questions to the history that have the right answer in a shallow clone too: it is deepened as far as they need.
import { ActionError } from './errors.js';
import { createGitGraph } from './git-graph.js';
import type { FetchDepth } from './git-remote.js';
import type { RunCommand } from './process.js';

export interface GitHistory {
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Commits on the first-parent line of `to` that `from` does not reach; all of the line when `from` is null. */
  firstParentCount(from: string | null, to: string): Promise<number>;
  /** Names of a commit's parents, first parent first. */
  parents(commit: string): Promise<readonly string[]>;
  /** Commits that `to` reaches and none of `from` does, newest first. Unknown names in `from` exclude nothing. */
  commits(to: string, from: readonly string[]): Promise<readonly string[]>;
  /** Returns when it is known where two commits parted, and what each has done since. */
  meet(left: string, right: string): Promise<void>;
}

export interface HistoryOptions {
  readonly directory: string;
  /** Brings more of the history: of everything that questions will be about. */
  readonly deepen: (depth: FetchDepth) => Promise<void>;
}

/** Each fetch brings so many commits more; the last one all. */
const steps: readonly FetchDepth[] = [{ deepen: 32 }, { deepen: 256 }, { deepen: 2048 }, 'all'];

/**
 * Arguments are commits, branches or tags. A whole clone fetches nothing.
 * @throws {ActionError} `shallow-checkout` when the remote does not give enough; `git-failed`.
 */
export function createGitHistory(run: RunCommand, { directory, deepen }: HistoryOptions): GitHistory {
  const graph = createGitGraph(run, directory);
  const settled = async <T>(answer: () => Promise<T | null>): Promise<T> => {
    for (const step of steps) {
      const found = await answer();
      if (found !== null) return found;
      await deepen(step);
    }
    const last = await answer();
    if (last !== null) return last;
    throw cutOff();
  };
  return {
    isAncestor: (ancestor, descendant) =>
      settled(async () => {
        if (!(await graph.has(ancestor))) return (await graph.isCut([descendant], [])) ? null : false;
        if (await graph.isAncestor(ancestor, descendant)) return true;
        // A way that is cut off could only begin where the ancestor is not reached any more.
        return (await graph.isCut([descendant], [ancestor])) ? null : false;
      }),
    firstParentCount: (from, to) =>
      settled(async () => {
        const line = await graph.list(['--first-parent', ...graph.range([to], from === null ? [] : [from])]);
        const last = line.at(-1);
        if (last === undefined) return 0;
        if (graph.cuts().has(last)) return null;
        if (from === null) return line.length;
        // Nothing on the line can be reached from `from` by a way that lies below where the line meets it.
        const [met] = await graph.parents(last);
        return (await graph.isCut([to, from], met === undefined ? [] : [met])) ? null : line.length;
      }),
    parents: (commit) =>
      settled(async () => {
        const name = await graph.name(commit);
        return graph.cuts().has(name) ? null : graph.parents(name);
      }),
    commits: (to, from) =>
      settled(async () => {
        const known = await Promise.all(from.map((each) => graph.has(each)));
        const without = from.filter((_, index) => known[index]);
        return (await graph.isCut([to], without)) ? null : graph.list(graph.range([to], without));
      }),
    meet: async (left, right) => {
      await settled(async () => {
        const bases = await graph.bases(left, right);
        // A better common ancestor behind a cut would lie above those that are known.
        return (await graph.isCut([left, right], bases)) ? null : true;
      });
    },
  };
}

function cutOff(): ActionError {
  return new ActionError({
    code: 'shallow-checkout',
    message: 'more of the history was needed than the checkout has, and the remote did not give it',
    hint: 'Set `fetch-depth: 0` on the actions/checkout step before this one.',
  });
}
