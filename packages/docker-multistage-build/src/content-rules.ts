// The rules of the gate, out of the inputs `policy` and `budgets`. Loaded apart: what only starts up needs none of it.
import { type Budgets, parseBudgets } from '@headgate/image/budget-form';
import { type Policy, parsePolicy } from '@headgate/image/policy-form';

export interface ContentRules {
  readonly policy: Policy;
  readonly budgets: Budgets;
}

/** @throws InputError naming input and key */
export function readContentRules(inputs: {
  readonly policy: unknown;
  readonly budgets: unknown;
}): ContentRules {
  return {
    policy: parsePolicy('policy', inputs.policy),
    budgets: parseBudgets('budgets', inputs.budgets),
  };
}
