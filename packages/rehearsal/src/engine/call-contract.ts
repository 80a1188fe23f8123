// What a workflow declares to its callers and to people who start it: inputs, secrets, outputs.
import { toText } from './data.js';
import type { Scope } from './expression.js';
import { problem } from './problem.js';
import { childOf, entriesOf, evaluateTemplate, type Template } from './template.js';
import type { CallContract, CallInput } from './workflow-model.js';

const types = ['string', 'number', 'boolean', 'choice', 'environment'] as const;

function isTrue(template: Template | null): boolean {
  return template?.kind === 'literal' && template.value === true;
}

/** The declared inputs of `workflow_call` or `workflow_dispatch`. */
export function readInputs(template: Template | null): readonly CallInput[] {
  return entriesOf(template).map(([name, definition]) => {
    const written = childOf(definition, 'type');
    const type =
      types.find((candidate) => written?.kind === 'literal' && written.value === candidate) ?? 'string';
    const options = childOf(definition, 'options');
    return {
      name,
      type,
      required: isTrue(childOf(definition, 'required')),
      default: childOf(definition, 'default'),
      options:
        options?.kind === 'sequence'
          ? options.items.map((item) => (item.kind === 'literal' ? String(item.value) : ''))
          : [],
    };
  });
}

/** Everything under `on.workflow_call`. */
export function callContract(template: Template | null): CallContract {
  return {
    inputs: readInputs(childOf(template, 'inputs')),
    secrets: entriesOf(childOf(template, 'secrets')).map(([name, definition]) => ({
      name,
      required: isTrue(childOf(definition, 'required')),
    })),
    outputs: entriesOf(childOf(template, 'outputs')).map(([name, definition]) => {
      const value = childOf(definition, 'value');
      if (value === null)
        throw problem('workflow-invalid', `output ${name} has no value`, 'Give it `value:`.');
      return [name, value] as const;
    }),
  };
}

function typed(input: CallInput, value: unknown, who: string): unknown {
  const wrong = (expected: string): never => {
    throw problem(
      'startup-failure',
      `${who}: input ${input.name} must be ${expected}, not ${JSON.stringify(value)}`,
      'Pass a value of the declared type.',
    );
  };
  switch (input.type) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return value === 'true' ? true : value === 'false' ? false : wrong('a boolean');
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && !Number.isNaN(number) ? number : wrong('a number');
    }
    case 'choice':
      return input.options.includes(toText(value))
        ? toText(value)
        : wrong(`one of ${input.options.join(', ')}`);
    default:
      return toText(value);
  }
}

const absent: Readonly<Record<CallInput['type'], unknown>> = {
  string: '',
  number: 0,
  boolean: false,
  choice: '',
  environment: '',
};

/**
 * The `inputs` context of a called or dispatched workflow: typed, defaulted.
 * Throws `startup-failure` for an unknown, missing or mistyped input, naming `who` passed it.
 */
export function bindInputs(
  inputs: readonly CallInput[],
  given: Readonly<Record<string, unknown>>,
  options: { readonly who: string; readonly scope: Scope },
): Record<string, unknown> {
  const { who, scope } = options;
  const names = new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of Object.keys(given)) {
    if (!inputs.some((input) => input.name.toLowerCase() === key.toLowerCase())) {
      throw problem(
        'startup-failure',
        `${who}: input ${key} is not defined`,
        'Remove it or declare it in the called workflow.',
      );
    }
  }
  const bound = inputs.map((input) => {
    const value = names.get(input.name.toLowerCase());
    if (value !== undefined && value !== null) return [input.name, typed(input, value, who)];
    if (input.default !== null)
      return [input.name, typed(input, evaluateTemplate(input.default, scope), who)];
    if (input.required) {
      throw problem('startup-failure', `${who}: input ${input.name} is required but not given`, 'Pass it.');
    }
    return [input.name, input.type === 'choice' ? (input.options[0] ?? '') : absent[input.type]];
  });
  return Object.fromEntries(bound);
}
