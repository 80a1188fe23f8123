// Why a Dockerfile cannot be used: the one error of this package, with a code of a closed set.
import { ActionError } from '@headgate/kit/errors';

/** Documented in README.md, "Errors". */
export type DockerfileErrorCode =
  | 'argument-invalid'
  | 'base-empty'
  | 'directive-invalid'
  | 'from-variable'
  | 'heredoc-unterminated'
  | 'instruction-invalid'
  | 'instruction-misplaced'
  | 'instruction-unknown'
  | 'line-too-long'
  | 'no-stage'
  | 'onbuild-invalid'
  | 'platform-invalid'
  | 'stage-cycle'
  | 'stage-index'
  | 'stage-later'
  | 'stage-name-invalid'
  | 'target-missing'
  | 'too-large'
  | 'variable-invalid';

export interface DockerfileProblem {
  readonly code: DockerfileErrorCode;
  /** 1-based; null for the file as a whole. */
  readonly line: number | null;
  /** One sentence: what was expected and what was found. */
  readonly message: string;
  /** The one change that fixes it. */
  readonly hint: string;
}

export class DockerfileError extends ActionError<DockerfileErrorCode> {
  /** 1-based; null for the file as a whole. */
  readonly line: number | null;

  constructor(problem: DockerfileProblem) {
    super(problem);
    this.name = 'DockerfileError';
    this.line = problem.line;
  }
}

const shownLength = 80;

/** Text of a Dockerfile as a message may show it: quoted, on one line, cut. */
export function shown(text: string): string {
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}
