// The stages of a Dockerfile, as far as naming a target needs: line by line, heredocs and continuations skipped.

export interface Stage {
  /** Lower-cased name after AS; null for an unnamed stage. */
  readonly name: string | null;
  readonly index: number;
  /** 1-based line of its FROM. */
  readonly line: number;
  /** The image or stage it starts from, variables unresolved. */
  readonly base: string;
}

const directive = /^#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.*?)\s*$/;
const fromLine = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;
const heredocInstruction = /^\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i;
const heredocWord = /(?<![^\s\d])<<(-?)\s*(?:"([^"<>]+)"|'([^'<>]+)'|([A-Za-z0-9_.-]+))/g;

/**
 * Lists the stages in file order. Text that is no valid Dockerfile gives the stages that could be read.
 * @param text the Dockerfile; a BOM and CRLF are fine
 */
export function listStages(text: string): readonly Stage[] {
  const stages: Stage[] = [];
  for (const { text: instruction, line } of listInstructions(text)) {
    const from = fromLine.exec(instruction);
    if (from === null) continue;
    stages.push({ name: from[2]?.toLowerCase() ?? null, index: stages.length, line, base: from[1] ?? '' });
  }
  return stages;
}

/**
 * Finds a stage the way `--target` does: by name, whatever its case; never by number.
 * With one name several times the last one counts.
 */
export function findStage(stages: readonly Stage[], target: string): Stage | null {
  return stages.findLast((stage) => stage.name === target.toLowerCase()) ?? null;
}

/** True when a `# syntax=` line hands the file to a frontend whose grammar may not be Docker's. */
export function hasForeignSyntax(text: string): boolean {
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const found = directive.exec(line);
    if (found === null) return false;
    if (found[1]?.toLowerCase() === 'syntax')
      return !/(?:^|\/)docker\/dockerfile(?:[:@-]|$)/.test(found[2] ?? '');
  }
  return false;
}

interface Instruction {
  readonly text: string;
  readonly line: number;
}

function listInstructions(text: string): readonly Instruction[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const continuation = new RegExp(`${escapeCharacter(lines) === '`' ? '`' : '\\\\'}[ \\t]*$`);
  const instructions: Instruction[] = [];
  let at = 0;
  while (at < lines.length) {
    const start = at;
    let joined = '';
    for (;;) {
      const line = lines[at] ?? '';
      at += 1;
      const skipped = isComment(line) || (joined !== '' && line.trim() === '');
      if (!skipped) joined += line.replace(continuation, '');
      const goesOn = skipped ? joined !== '' : continuation.test(line);
      if (!goesOn || at >= lines.length) break;
      if (!skipped) joined += ' ';
    }
    if (joined.trim() === '') continue;
    instructions.push({ text: joined, line: start + 1 });
    at = afterHeredocs(lines, at, joined);
  }
  return instructions;
}

function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}

/** The `escape` directive counts only among the first comment lines; any other line ends them. */
function escapeCharacter(lines: readonly string[]): string {
  for (const line of lines) {
    const found = directive.exec(line);
    if (found === null) return '\\';
    if (found[1]?.toLowerCase() === 'escape') return found[2] ?? '\\';
  }
  return '\\';
}

function afterHeredocs(lines: readonly string[], start: number, instruction: string): number {
  if (!heredocInstruction.test(instruction)) return start;
  let at = start;
  for (const [, dash, double, single, bare] of instruction.matchAll(heredocWord)) {
    const word = double ?? single ?? bare ?? '';
    const end = lines.findIndex(
      (line, index) => index >= at && (dash === '-' ? line.replace(/^\t+/, '') : line) === word,
    );
    // Without its last line it was a shift operator or a mistake that the builder will name.
    if (end >= 0) at = end + 1;
  }
  return at;
}
