// GitHub's evaluator, with `case()` as the runner has it: only the value that is chosen is evaluated.
import { data, Evaluator } from '@actions/expressions';
import type { Expr, FunctionCall } from '@actions/expressions/ast';

/** Source: `Case` of actions/runner; the package evaluates all arguments first. */
export class LazyEvaluator extends Evaluator {
  override visitFunctionCall(call: FunctionCall): data.ExpressionData {
    if (call.functionName.lexeme.toLowerCase() !== 'case') return super.visitFunctionCall(call);
    return this.#choose(call.args);
  }

  #choose([first, second, ...rest]: readonly Expr[]): data.ExpressionData {
    if (first === undefined) return new data.Null();
    if (second === undefined) return this.eval(first);
    const predicate = this.eval(first);
    if (!(predicate instanceof data.BooleanData))
      throw new Error('case predicate must evaluate to a boolean value');
    return predicate.value ? this.eval(second) : this.#choose(rest);
  }
}
