// A Dockerfile as it is written: directives, instructions and stages, before arguments are known.
import { checkRulesIn, type Directives, readDirectives } from './directives.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import { flagValues, type Instruction } from './instruction.js';
import { checkInstruction } from './instruction-rules.js';
import { readInstructions } from './instructions.js';
import { splitLines, withoutReturn } from './source-lines.js';
import { collectWarnings, type Warning, type WarningSink } from './warnings.js';
import { splitBlanks } from './words.js';

export interface Stage {
  readonly index: number;
  /** Lower case; null for an unnamed stage. */
  readonly name: string | null;
  /** What FROM names, variables not expanded. */
  readonly base: string;
  /** `--platform`, variables not expanded. */
  readonly platform: string | null;
  /** 1-based lines of its FROM. */
  readonly line: number;
  readonly endLine: number;
  /** A comment right above FROM that begins with the stage's name, without it; empty without one. */
  readonly description: string;
  readonly from: Instruction;
  /** Without FROM. */
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  readonly directives: Directives;
  /** ARG before the first FROM. */
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly warnings: readonly Warning[];
}

const stageName = /^[a-z][a-z0-9._-]*$/;
const reserved: ReadonlySet<string> = new Set(['context', 'scratch']);

/**
 * Reads a Dockerfile by the rules of BuildKit's own frontend.
 * @param text a BOM and CRLF are fine
 * @throws {DockerfileError} never anything else
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = splitLines(text);
  const directives = readDirectives(lines.slice(0, 8).map(withoutReturn));
  const warnings = collectWarnings(directives.check);
  if (directives.foreign)
    warnings.add(
      'syntax-foreign',
      1,
      `${shown(directives.syntax ?? '')} may read this file otherwise than Docker does`,
    );
  const { escapeToken } = directives;
  const { instructions, blankLines } = readInstructions(lines, { escapeToken, skip: directives.lines });
  for (const line of blankLines)
    warnings.add(
      'continuation-blank',
      line,
      'a blank line stands inside an instruction; newer builders will refuse it',
    );
  const { globals, stages } = divide(instructions, warnings);
  if (stages.length === 0) {
    throw new DockerfileError({
      code: 'no-stage',
      line: null,
      message: `A Dockerfile has a FROM instruction; this one has ${globals.length === 0 ? 'no instruction' : 'ARG only'}.`,
      hint: 'Begin a stage with FROM.',
    });
  }
  checkNames(stages, warnings);
  return { directives, globals, stages, warnings: warnings.list() };
}

function divide(
  instructions: readonly Instruction[],
  warnings: WarningSink,
): Pick<Dockerfile, 'globals' | 'stages'> {
  const globals: Instruction[] = [];
  const stages: Stage[] = [];
  let own: Instruction[] = [];
  for (const instruction of instructions) {
    checkInstruction(instruction, warnings);
    if (instruction.keyword === 'FROM') {
      own = [];
      stages.push(readStage(instruction, { index: stages.length, instructions: own }));
    } else if (stages.length > 0) own.push(instruction);
    else if (instruction.keyword === 'ARG') globals.push(instruction);
    else
      throw new DockerfileError({
        code: 'instruction-misplaced',
        line: instruction.line,
        message: `Only ARG may stand before the first FROM; found ${instruction.keyword}.`,
        hint: `Move ${instruction.keyword} behind FROM.`,
      });
  }
  return { globals, stages };
}

function readStage(from: Instruction, own: Pick<Stage, 'index' | 'instructions'>): Stage {
  const [base = '', as, given] = splitBlanks(from.rest);
  const count = splitBlanks(from.rest).length;
  if (count !== 1 && !(count === 3 && as?.toLowerCase() === 'as')) {
    throw new DockerfileError({
      code: 'instruction-invalid',
      line: from.line,
      message: `FROM takes an image, or an image, AS and a name; found ${shown(from.rest)}.`,
      hint: 'Write FROM IMAGE AS NAME.',
    });
  }
  const name = given?.toLowerCase() ?? null;
  if (name !== null && !stageName.test(name)) {
    throw new DockerfileError({
      code: 'stage-name-invalid',
      line: from.line,
      message: `A stage's name begins with a letter and has letters, digits, dash, underscore and dot; found ${shown(given ?? '')}.`,
      hint: 'Choose another name.',
    });
  }
  const described =
    name === null ? undefined : from.comments.find((comment) => comment.startsWith(`${name} `));
  return {
    ...own,
    name,
    base,
    platform: flagValues(from, 'platform')[0] ?? null,
    line: from.line,
    endLine: from.endLine,
    description: described?.slice((name ?? '').length + 1) ?? '',
    from,
  };
}

function checkNames(stages: readonly Stage[], warnings: WarningSink): void {
  const lines = new Map<string, number>();
  for (const { name, line, from } of stages) {
    if (name === null) continue;
    const also = checkRulesIn(from.comments);
    const former = lines.get(name);
    if (reserved.has(name))
      warnings.add('stage-reserved', line, `the name ${name} has a meaning of its own`, also);
    if (former !== undefined)
      warnings.add('stage-duplicate', line, `the stage ${name} also stands in line ${former}`, also);
    lines.set(name, line);
  }
}
