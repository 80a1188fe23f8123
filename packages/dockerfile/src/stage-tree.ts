// The graph as a tree for a terminal: the target first, what it does not need after it.
import type { StageDependency } from './dependencies.js';
import type { GraphStage, StageGraph } from './stage-graph.js';
import { shownName } from './stage-order.js';

export interface TreeLine {
  readonly text: string;
  readonly kind: 'target' | 'needed' | 'unneeded' | 'heading';
}

/** A branch deeper than this goes on at the left margin. */
const deepest = 24;

interface Branch {
  readonly dependency: StageDependency;
  /** All lines that take from it the same way. */
  readonly lines: readonly number[];
}

interface Visit {
  readonly text: string;
  readonly prefix: string;
  readonly depth: number;
  readonly stage: number | null;
}

/** Every stage has its branches once; where it stands again, that is said. */
export function stageTree(graph: StageGraph): readonly TreeLine[] {
  const shown = new Set<number>();
  const lines: TreeLine[] = [];
  const grow = (root: number, note: string): void => {
    const further = [root];
    for (let next = further.pop(); next !== undefined; next = further.pop()) {
      if (next !== root || !shown.has(next))
        growOne(graph, next, { shown, lines, further, note: next === root ? note : '' });
    }
  };
  grow(
    graph.targetIndex,
    graph.targetIndex === graph.stages.length - 1 ? '  ← default target' : '  ← target',
  );
  const unneeded = graph.stages.filter(({ reachable }) => !reachable);
  if (unneeded.length === 0) return lines;
  lines.push({ text: '', kind: 'heading' }, { text: `not needed by ${graph.target}:`, kind: 'heading' });
  const used = new Set(unneeded.flatMap(({ dependsOn }) => dependsOn.map(({ stage }) => stage)));
  const note = ({ checkLike }: GraphStage): string => (checkLike ? '  named like a check, does not run' : '');
  for (const stage of unneeded) if (!used.has(stage.index)) grow(stage.index, note(stage));
  // Stages that take from later ones may leave none at the root.
  for (const stage of unneeded) if (!shown.has(stage.index)) grow(stage.index, note(stage));
  return lines;
}

interface Growth {
  readonly shown: Set<number>;
  readonly lines: TreeLine[];
  readonly further: number[];
  readonly note: string;
}

function growOne(graph: StageGraph, root: number, { shown, lines, further, note }: Growth): void {
  const stack: Visit[] = [{ text: `${place(graph, root)}${note}`, prefix: '', depth: 0, stage: root }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { stage: index, prefix, depth } = visit;
    const stage = index === null ? undefined : graph.stages[index];
    const again = index !== null && shown.has(index);
    const branches = stage === undefined || again ? [] : branchesOf(stage);
    const cut = depth >= deepest && branches.length > 0;
    const hint = again ? ' (shown above)' : cut ? ' (goes on below)' : '';
    lines.push({ text: `${visit.text}${hint}`, kind: kindOf(graph, root, index) });
    if (index === null || again) continue;
    if (cut) {
      further.push(index);
      continue;
    }
    shown.add(index);
    const next = branches.map((branch, at): Visit => {
      const last = at === branches.length - 1;
      const { dependency } = branch;
      return {
        text: `${prefix}${last ? '└─' : '├─'} ${branchText(graph, branch)}`,
        prefix: `${prefix}${last ? '   ' : '│  '}`,
        depth: depth + 1,
        stage: dependency.stage,
      };
    });
    for (const each of next.toReversed()) stack.push(each);
  }
}

function kindOf({ stages, targetIndex }: StageGraph, root: number, index: number | null): TreeLine['kind'] {
  if (index === targetIndex) return 'target';
  return stages[index ?? root]?.reachable === true ? 'needed' : 'unneeded';
}

function branchesOf({ dependsOn }: GraphStage): readonly Branch[] {
  const found = new Map<string, { readonly dependency: StageDependency; readonly lines: number[] }>();
  for (const dependency of dependsOn) {
    const { via, stage, image, line } = dependency;
    const key = `${via} ${stage ?? ''} ${image ?? ''}`;
    const known = found.get(key);
    if (!found.has(key)) found.set(key, { dependency, lines: [line] });
    else if (known?.lines.at(-1) !== line) known?.lines.push(line);
  }
  return [...found.values()];
}

function branchText(graph: StageGraph, { dependency, lines }: Branch): string {
  const { via, stage, image } = dependency;
  const what = stage === null ? `${printable(image ?? '')} (image)` : place(graph, stage);
  if (via === 'from') return `${via} ${what}`;
  return `${via} ${what}, in line${lines.length > 1 ? 's' : ''} ${lines.join(', ')}`;
}

function place({ stages }: StageGraph, index: number): string {
  const stage = stages[index];
  return `${shownName({ name: stage?.name ?? null, index })} (line ${stage?.line ?? 0})`;
}

/** What a file says, without characters that steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
}
