// The inputs of an action: what `with:` gives, else the defaults of action.yml.
import type { Scope } from '../engine/expression.js';
import { evaluateText, evaluateTexts, type Template } from '../engine/template.js';
import type { ActionMetadata } from './action-metadata.js';

export interface BoundInputs {
  readonly values: Readonly<Record<string, string>>;
  /** Given but not declared; GitHub warns of them and passes them on. */
  readonly unexpected: readonly string[];
}

/** Names are compared without case and kept as declared. Defaults may use expressions (`${{ github.token }}`). */
export function actionInputs(
  given: Template | null,
  declared: ActionMetadata['inputs'],
  scope: Scope,
): BoundInputs {
  const values: Record<string, string> = {};
  const passed = Object.entries(evaluateTexts(given, scope));
  for (const input of declared) {
    const match = passed.find(([name]) => name.toLowerCase() === input.name.toLowerCase());
    values[input.name] = match?.[1] ?? evaluateText(input.default, scope);
  }
  const unexpected = passed.filter(
    ([name]) => !declared.some((input) => input.name.toLowerCase() === name.toLowerCase()),
  );
  return {
    values: { ...values, ...Object.fromEntries(unexpected) },
    unexpected: unexpected.map(([name]) => name),
  };
}
