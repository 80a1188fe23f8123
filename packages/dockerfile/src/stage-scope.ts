// Variables inside stages: ARG and ENV as they come, handed on to the stages built on one.
import type { Base } from './bases.js';
import { checkRulesIn } from './directives.js';
import type { Dockerfile, Stage } from './dockerfile.js';
import { expand } from './expansion.js';
import type { GlobalScope } from './global-scope.js';
import type { Instruction } from './instruction.js';
import { readPairs } from './pairs.js';
import type { Trigger } from './triggers.js';
import { undeclaredIn } from './undeclared.js';
import type { WarningSink } from './warnings.js';

export interface StageScope {
  lookUp(name: string): string | undefined;
}

export interface ScopedInstruction {
  readonly instruction: Instruction;
  /** The scope before the instruction; it changes when the next one is asked for. */
  readonly scope: StageScope;
  readonly trigger: boolean;
}

interface ScopeFacts {
  readonly dockerfile: Dockerfile;
  readonly bases: readonly Base[];
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>;
  readonly scope: GlobalScope;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly warnings: WarningSink;
}

type Visit = (stage: Stage, list: () => Iterable<ScopedInstruction>) => void;

interface Variables {
  readonly values: Map<string, string>;
  /** Declared by ARG, with or without a value. */
  readonly declared: Map<string, true>;
  /** How to take back what was set since the beginning. */
  readonly undo: (() => void)[];
}

/** Visits each stage once, a base before what is built on it. One scope serves all: what a stage set is taken back after its tree. */
export function walkScopes(facts: ScopeFacts, visit: Visit): void {
  const { stages } = facts.dockerfile;
  const children = stages.map((): number[] => []);
  const roots: number[] = [];
  for (const { index } of stages) {
    const base = facts.bases[index]?.stage ?? null;
    (base === null ? roots : (children[base] ?? roots)).push(index);
  }
  const variables: Variables = { values: new Map(), declared: new Map(), undo: [] };
  const open: ({ readonly enter: number } | { readonly leave: number })[] = roots
    .toReversed()
    .map((enter) => ({ enter }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('leave' in next) {
      while (variables.undo.length > next.leave) variables.undo.pop()?.();
      continue;
    }
    const stage = stages[next.enter];
    if (stage === undefined) continue;
    open.push({ leave: variables.undo.length });
    for (const child of (children[next.enter] ?? []).toReversed()) open.push({ enter: child });
    visit(stage, () => instructionsIn(stage, variables, facts));
  }
}

function* instructionsIn(stage: Stage, variables: Variables, facts: ScopeFacts): Iterable<ScopedInstruction> {
  const scope: StageScope = { lookUp: (name) => variables.values.get(name) };
  for (const { instruction } of facts.triggers.get(stage.index) ?? []) {
    yield { instruction, scope, trigger: true };
    apply(instruction, variables, facts);
  }
  for (const instruction of stage.instructions) {
    const missing = undeclaredIn(instruction, facts.scope.declared, variables);
    for (const name of missing)
      facts.warnings.add(
        'arg-not-redeclared',
        instruction.line,
        `${name} is declared before the first FROM only and is empty here; write ARG ${name} into the stage`,
        checkRulesIn(instruction.comments),
      );
    yield { instruction, scope, trigger: false };
    apply(instruction, variables, facts);
  }
}

function apply(instruction: Instruction, variables: Variables, facts: ScopeFacts): void {
  const { keyword, escapeToken } = instruction;
  if (keyword !== 'ARG' && keyword !== 'ENV') return;
  const lookUp = (name: string): string | undefined => variables.values.get(name);
  const read = (text: string): string => {
    const expansion = expand(text, { escapeToken, lookUp });
    return expansion.ok ? expansion.text : text;
  };
  const pairs = readPairs(instruction);
  if (keyword === 'ENV') {
    const values = pairs.map(({ name, value }) => ({ name: read(name), value: read(value ?? '') }));
    for (const { name, value } of values) set(variables.values, name, value, variables.undo);
    return;
  }
  for (const { name, value } of pairs) {
    set(variables.declared, name, true, variables.undo);
    const given = facts.buildArgs.get(name) ?? (value === null ? facts.scope.values.get(name) : read(value));
    if (given !== undefined) set(variables.values, name, given, variables.undo);
  }
}

function set<Value>(map: Map<string, Value>, name: string, value: Value, undo: (() => void)[]): void {
  const former = map.get(name);
  undo.push(() => (former === undefined ? map.delete(name) : map.set(name, former)));
  map.set(name, value);
}
