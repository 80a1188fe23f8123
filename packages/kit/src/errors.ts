// The one error type that people see: what was expected and found, one cure, a code from a closed set.

/** A place in the repository that people can open. */
export interface Place {
  /** From the repository's root. */
  readonly file: string;
  /** From 1; null for the file as a whole. */
  readonly line: number | null;
}

export interface ActionErrorOptions<Code extends string = string> {
  /** One of the package's documented failure codes, kebab-case. */
  readonly code: Code;
  /** One sentence: what was expected and what was found. */
  readonly message: string;
  /** The one input, permission or command that fixes it. */
  readonly hint: string;
  /** Where the cause stands in the repository, when that is known. */
  readonly place?: Place | null;
  /** The last lines that the failing command printed. */
  readonly excerpt?: string;
  readonly cause?: unknown;
  /** Outputs that are true in spite of the failure; the entry sets them. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** A failure that people can act on. Anything else that reaches the entry is reported as `internal`. */
export class ActionError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly place: Place | null;
  readonly excerpt: string;
  readonly outputs: Readonly<Record<string, string>>;

  constructor(options: ActionErrorOptions<Code>) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ActionError';
    this.code = options.code;
    this.hint = options.hint;
    this.place = options.place ?? null;
    this.excerpt = options.excerpt ?? '';
    this.outputs = options.outputs ?? {};
  }
}

/** A wrong or missing input; the message begins with the input's name. */
export class InputError extends ActionError<'invalid-input'> {
  readonly input: string;

  constructor(input: string, problem: string, hint: string, cause?: unknown) {
    super({ code: 'invalid-input', message: `${input}: ${problem}`, hint, cause });
    this.name = 'InputError';
    this.input = input;
  }
}
