// What is wrong with headgate.yml: where, what was expected and found, and the cure.
import { ActionError } from '@headgate/kit/errors';

export interface Problem {
  /** Both start at 1. */
  readonly line: number;
  readonly column: number;
  /** `environments.integration.targets.web`; empty for the whole file. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly cure: string;
}

/** `headgate.yml:3:5: message (cure)`, the form editors and terminals make clickable. */
export function formatProblem(file: string, problem: Problem): string {
  const stop = problem.message.endsWith('?') ? '' : '.';
  return `${file}:${problem.line}:${problem.column}: ${problem.message}${stop} ${problem.cure}`;
}

/** Every problem of one file at once. */
export class ConfigurationError extends ActionError<'invalid-configuration'> {
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = problems.map((problem) => formatProblem(file, problem));
    super({
      code: 'invalid-configuration',
      message: `${file} has ${count}:\n${lines.join('\n')}`,
      place: { file, line: problems[0]?.line ?? null },
      hint: `Correct ${file} as each line says; \`headgate check\` shows the same list before you push.`,
    });
    this.name = 'ConfigurationError';
    this.file = file;
    this.problems = problems;
  }
}

export function byPlace(left: Problem, right: Problem): number {
  return left.line - right.line || left.column - right.column || left.path.localeCompare(right.path);
}
