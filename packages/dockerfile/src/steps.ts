// The instructions that BuildKit counts, with the names it gives them in its progress. Source: BuildKit, dockerfile2llb/convert.go.
import type { Base } from './bases.js';
import { hasSources } from './dependencies.js';
import type { Dockerfile, Stage } from './dockerfile.js';
import { expand } from './expansion.js';
import type { GlobalScope } from './global-scope.js';
import { readHeredocWord } from './heredoc.js';
import { fullReference } from './image-reference.js';
import type { Instruction } from './instruction.js';
import { shownName } from './stage-order.js';
import { type StageScope, walkScopes } from './stage-scope.js';
import type { Trigger } from './triggers.js';
import type { WarningSink } from './warnings.js';

export interface Step {
  /** `[build 2/5] RUN make`: complete but for an image's digest, several platforms, and variables of the base image. */
  readonly name: string;
  /** 1-based line of the instruction; for a trigger that of its ONBUILD. */
  readonly line: number;
}

export interface StepFacts {
  readonly dockerfile: Dockerfile;
  readonly bases: readonly Base[];
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>;
  readonly scope: GlobalScope;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly warnings: WarningSink;
}

const counted: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN', 'WORKDIR']);
/** Characters that variables may add to one name, and to all names of a file. */
const longestAdded = 1024;
const mostAdded = 1_000_000;

/** Steps of each stage, and warnings for arguments used where they are empty. */
export function readSteps(facts: StepFacts): readonly (readonly Step[])[] {
  const { dockerfile, bases, triggers } = facts;
  const { stages } = dockerfile;
  const steps: (readonly Step[])[] = [];
  // A file's only stage has no name in the progress, unless sources make BuildKit count more than one.
  const alone = stages.length === 1 && stages[0]?.instructions.some(hasSources) === false;
  let room = mostAdded;
  const nameText = (instruction: Instruction, scope: StageScope): string => {
    const text = room > 0 ? expandText(instruction, scope) : instruction.text;
    room -= Math.max(0, text.length - instruction.text.length);
    return text;
  };
  walkScopes({ ...facts, bases }, (stage, list) => {
    const held = triggers.get(stage.index)?.length ?? 0;
    const image = bases[stage.index]?.stage === null ? (bases[stage.index]?.reference ?? '') : 'scratch';
    const texts =
      image === 'scratch' ? [] : [{ text: `FROM ${fullReference(image)}`, line: stage.line, held: false }];
    let total = texts.length + held;
    for (const { instruction, scope, trigger } of list()) {
      if (!counted.has(instruction.keyword)) continue;
      if (!trigger) total += 1;
      const text = nameText(instruction, scope);
      if (!/^WORKDIR \/+$/.test(text)) texts.push({ text, line: instruction.line, held: trigger });
    }
    steps[stage.index] = prefix(stage, { texts, total, alone });
  });
  return steps;
}

interface StageTexts {
  readonly texts: readonly { readonly text: string; readonly line: number; readonly held: boolean }[];
  readonly total: number;
  readonly alone: boolean;
}

function prefix(stage: Stage, { texts, total, alone }: StageTexts): readonly Step[] {
  const width = String(total).length;
  const name = alone ? '' : `${shownName(stage)} `;
  return texts.map(({ text, line, held }, at) => ({
    name: `[${name}${String(at + 1).padStart(width)}/${total}] ${held ? 'ONBUILD ' : ''}${text}`,
    line,
  }));
}

function expandText(instruction: Instruction, scope: StageScope): string {
  const { keyword, escapeToken, heredocs, rest } = instruction;
  const [first] = heredocs;
  // The first line of a heredoc that is the whole command follows in brackets.
  const summary =
    keyword === 'RUN' && first !== undefined && readHeredocWord(rest) !== null
      ? ` (${summaryOf(first.content)})`
      : '';
  const text = `${instruction.text}${summary}`;
  const rules = { escapeToken, lookUp: (name: string) => scope.lookUp(name), keepUnset: true };
  const expansion = expand(text, { ...rules, keepQuotes: keyword === 'RUN' }, longestAdded);
  const name = expansion.ok ? expansion.text : text;
  // Upper case up to the first blank, even when the word ends before it.
  const end = name.indexOf(' ');
  return end < 0 ? name.toUpperCase() : name.slice(0, end).toUpperCase() + name.slice(end);
}

function summaryOf(content: string): string {
  const [first = '', second] = content.trim().split('\n', 2);
  return `${first.trimEnd()}${second === undefined ? '' : '...'}`;
}
