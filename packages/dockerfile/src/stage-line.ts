// From what BuildKit says back to a line of the Dockerfile: names of its progress, entries of an image's history.
import type { Dockerfile, Stage } from './dockerfile.js';
import type { Instruction } from './instruction.js';
import type { GraphStage, StageGraph } from './stage-graph.js';
import { shownName } from './stage-order.js';

const vertex = /^\[(?:[a-z0-9]+\/\S+ )?(?:(\S+) )? *(\d+)\/(\d+)\] (?:ONBUILD )?(?:LINK )?(\S+)(.*)$/s;

/** From the name of a vertex to its 1-based line; null for what is no step of the file, such as `[internal] load build context`. */
export type VertexFinder = (name: string) => number | null;

/** Finds the lines of steps that BuildKit names, such as `[linux/arm64 build 2/5] RUN make`. Made once, it is asked for every step of a build. */
export function vertexFinder({ stages }: StageGraph): VertexFinder {
  const byName = new Map<string, GraphStage[]>();
  for (const stage of stages) {
    const former = byName.get(shownName(stage));
    if (former === undefined) byName.set(shownName(stage), [stage]);
    else former.push(stage);
  }
  const exact = new Map(stages.flatMap(({ steps }) => steps.map(({ name, line }) => [name, line] as const)));
  return (name) => {
    const known = exact.get(name);
    if (known !== undefined) return known;
    const [, stage, index = '', total = '', word = '', rest = ''] = vertex.exec(name) ?? [];
    if (word === '') return null;
    const candidates = stage === undefined ? (stages.length > 1 ? [] : stages) : (byName.get(stage) ?? []);
    return nearestStep(candidates, { index: Number(index), total: Number(total), text: `${word}${rest}` });
  };
}

interface Vertex {
  readonly index: number;
  readonly total: number;
  readonly text: string;
}

function nearestStep(stages: readonly GraphStage[], { index, total, text }: Vertex): number | null {
  let best: { readonly line: number; readonly score: number } | null = null;
  for (const { steps } of stages) {
    // Triggers of the base image stand before the stage's own steps and are counted, but are not in the file.
    const own = Number(/\/(\d+)\]/.exec(steps[0]?.name ?? '')?.[1] ?? total);
    const more = Math.max(0, total - own);
    for (const [at, step] of steps.entries()) {
      const distance = Math.abs(at + 1 + (at === 0 ? 0 : more) - index);
      const score = scoreOf(step.name, text) - distance / 1e6;
      if (best === null || score > best.score) best = { line: step.line, score };
    }
  }
  return best !== null && best.score > 0 ? best.line : null;
}

/** 3 for the same text, 2 for the same beginning up to what was unknown, 1 for the same instruction, else 0. */
function scoreOf(stepName: string, text: string): number {
  const own = stepName.replace(/^\[[^\]]*\] (?:ONBUILD )?/, '');
  if (own === text) return 3;
  const word = own.slice(0, own.indexOf(' ') + 1);
  if (!text.startsWith(word)) return 0;
  const certain = own.split(/[$"'\\@]/, 1)[0] ?? '';
  return text.startsWith(certain) ? 1 + certain.length / Math.max(own.length, 1) : 1;
}

/** What an image's history does not show. */
const unrecorded: ReadonlySet<string> = new Set(['FROM', 'ONBUILD']);
/** Entries of a history that are looked at; images have a few hundred at most. */
const longestHistory = 1000;

/**
 * Maps an image's history to lines, from its end: the last instruction made the last entry.
 * @param createdBy of each entry, oldest first
 * @param stage the stage that was built
 * @returns 1-based lines; null for entries of the base image and for what does not fit
 */
export function linesOfHistory(
  { dockerfile, graph }: { readonly dockerfile: Dockerfile; readonly graph: StageGraph },
  createdBy: readonly string[],
  stage: number = graph.targetIndex,
): readonly (number | null)[] {
  const lines: (number | null)[] = createdBy.map(() => null);
  const own = instructionsOf(dockerfile, graph, stage);
  let at = own.length - 1;
  const oldest = Math.max(0, createdBy.length - longestHistory);
  for (let entry = createdBy.length - 1; entry >= oldest && at >= 0; entry -= 1) {
    const found = findBack(own, at, createdBy[entry] ?? '');
    if (found === null) continue;
    lines[entry] = own[found]?.line ?? null;
    at = found - 1;
  }
  return lines;
}

/** Instructions an entry may skip: some leave no entry with some builders. */
const farthest = 20;

function findBack(own: readonly Instruction[], from: number, createdBy: string): number | null {
  for (let at = from; at >= 0 && at > from - farthest; at -= 1) {
    const instruction = own[at];
    if (instruction !== undefined && fits(instruction, createdBy)) return at;
  }
  return null;
}

/** `RUN |1 A=b /bin/sh -c make # buildkit`, `COPY a b # buildkit`; older builders: `/bin/sh -c #(nop) COPY …`, `/bin/sh -c make`. */
function fits({ keyword, rest, heredocs, json, text }: Instruction, createdBy: string): boolean {
  const entry = createdBy.replace(/^\/bin\/sh -c #\(nop\) +/, '');
  const word = /^[A-Z]+(?= )/.exec(entry)?.[0] ?? 'RUN';
  if (word !== keyword) return false;
  switch (keyword) {
    case 'RUN': {
      const [first] = heredocs;
      const command =
        json?.join(' ') ?? (first !== undefined && rest.startsWith('<<') ? first.content : rest);
      return squeeze(entry).includes(squeeze(command).trim().slice(0, 1000));
    }
    case 'ADD':
    case 'COPY': {
      const destination = (json ?? text.split(/\s+/)).at(-1) ?? '';
      return /[$"'\\]/.test(destination) || entry.includes(destination);
    }
    default:
      return true;
  }
}

const squeeze = (text: string): string => text.slice(0, 4000).replace(/\s+/g, ' ');

/** Instructions that made the stage, those of the stages under it first. */
function instructionsOf(dockerfile: Dockerfile, graph: StageGraph, target: number): readonly Instruction[] {
  const chain: Stage[] = [];
  for (let index: number | null = target; index !== null; ) {
    const stage: Stage | undefined = dockerfile.stages[index];
    if (stage === undefined) break;
    chain.push(stage);
    index = graph.stages[index]?.dependsOn.find(({ via }) => via === 'from')?.stage ?? null;
  }
  return chain.toReversed().flatMap((stage, at, stages) => {
    const held = (stages[at - 1]?.instructions ?? []).flatMap(({ trigger }) => trigger ?? []);
    return [...held, ...stage.instructions].filter(({ keyword }) => !unrecorded.has(keyword));
  });
}
