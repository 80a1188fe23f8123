// Evaluates expressions with GitHub's own lexer, parser and evaluator.
import { data, ExpressionError, Lexer, Parser } from '@actions/expressions';
import { fromData, isTruthy, toData, toVariables } from './data.js';
import { LazyEvaluator } from './evaluator.js';
import { messageOf, problem } from './problem.js';

/** What `success()` and its kin answer; the meaning differs between jobs and steps. */
export interface StatusFunctions {
  success(ids: readonly string[]): boolean;
  failure(ids: readonly string[]): boolean;
  cancelled(): boolean;
}

export interface Scope {
  /** Named contexts: github, needs, matrix … */
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly status?: StatusFunctions;
  /** SHA-256 over the files that match, '' when none does. */
  readonly hashFiles?: (patterns: readonly string[]) => string;
}

const many = Number.MAX_SAFE_INTEGER;

interface Definition {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  call(...values: data.ExpressionData[]): data.ExpressionData;
}

function define(
  name: string,
  arity: readonly [number, number],
  call: (texts: string[]) => unknown,
): Definition {
  return {
    name,
    minArgs: arity[0],
    maxArgs: arity[1],
    call: (...values) => toData(call(values.map((value) => value.coerceString()))),
  };
}

function functionsOf(scope: Scope): readonly Definition[] {
  const { status, hashFiles } = scope;
  const definitions: Definition[] = [];
  if (status !== undefined) {
    definitions.push(
      define('success', [0, many], (ids) => status.success(ids)),
      define('failure', [0, many], (ids) => status.failure(ids)),
      define('cancelled', [0, 0], () => status.cancelled()),
      define('always', [0, 0], () => true),
    );
  }
  if (hashFiles !== undefined)
    definitions.push(define('hashFiles', [1, 255], (patterns) => hashFiles(patterns)));
  return definitions;
}

/** What is wrong, and at which character; the lexer says that by itself. */
function faultOf(error: unknown, text: string): string {
  const message = messageOf(error);
  if (!(error instanceof ExpressionError)) return message;
  const { line, column } = error.pos;
  const before = text.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
  return `${message}. Located at position ${before + column + 1} within expression: ${text}`;
}

/**
 * The value of an expression (text without `${{ }}`), as plain data.
 * Throws `expression-failed` naming the expression and `where` (file and line).
 */
export function evaluateExpression(text: string, scope: Scope, where: string): unknown {
  const definitions = functionsOf(scope);
  try {
    if (text.trim() === '') return null;
    const { tokens } = new Lexer(text).lex();
    const tree = new Parser(tokens, Object.keys(scope.contexts), [...definitions]).parse();
    const contexts = new data.Dictionary(
      ...Object.entries(scope.contexts).map(([key, value]) => ({
        key,
        value: key === 'env' ? toVariables(value) : toData(value),
      })),
    );
    const named = new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition]));
    return fromData(new LazyEvaluator(tree, contexts, named).evaluate());
  } catch (error) {
    throw problem(
      'expression-failed',
      `${where}: the expression \`${text}\` cannot be evaluated: ${faultOf(error, text)}`,
      'Correct the expression; only contexts that exist at this place may be used.',
      error,
    );
  }
}

/** Whether an `if:` holds; the text already carries a status function. */
export function holds(text: string, scope: Scope, where: string): boolean {
  return isTruthy(evaluateExpression(text, scope, where));
}
