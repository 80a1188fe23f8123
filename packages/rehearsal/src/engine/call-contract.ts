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

function wrong(
  input: CallInput,
  value: unknown,
  { who, expected }: { who: string; expected: string },
): never {
  throw problem(
    'startup-failure',
    `${who}: Unexpected value ${JSON.stringify(value)}: input ${input.name} must be ${expected}`,
    'Pass a value of the declared type; `fromJSON()` makes one of an output, which is always text.',
  );
}

/**
 * A value as a person or the REST interface gives it, where all is text, or as a caller does: there a text is no boolean
 * and no number. Source: https://github.com/dotCMS/core/issues/34363, https://github.com/actions/runner/issues/1483
 */
export function typed(
  input: CallInput,
  given: unknown,
  { who, texts }: { who: string; texts: boolean },
): unknown {
  const value = texts ? fromText(input, given) : given;
  switch (input.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong(input, value, { who, expected: 'a boolean' });
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value)
        ? value
        : wrong(input, value, { who, expected: 'a number' });
    case 'choice':
      return input.options.includes(toText(value))
        ? toText(value)
        : wrong(input, value, { who, expected: `one of ${input.options.join(', ')}` });
    default:
      return toText(value);
  }
}

function fromText({ type }: CallInput, value: unknown): unknown {
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return type === 'number' && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

const absent: Readonly<Record<CallInput['type'], unknown>> = {
  string: '',
  number: 0,
  boolean: false,
  choice: '',
  environment: '',
};

export interface Binding {
  /** Who gives an input: file and line, or the file that declares it. */
  readonly who: (input: string) => string;
  readonly scope: Scope;
  /** Whether texts stand for booleans and numbers, as when a person starts the run. */
  readonly texts: boolean;
}

/**
 * The `inputs` context of a called or dispatched workflow: typed, defaulted.
 * Throws `startup-failure` for an unknown, missing or mistyped input, naming `who` passed it.
 */
export function bindInputs(
  inputs: readonly CallInput[],
  given: Readonly<Record<string, unknown>>,
  options: Binding,
): Record<string, unknown> {
  const { who, scope, texts } = options;
  const names = new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of Object.keys(given)) {
    if (!inputs.some((input) => input.name.toLowerCase() === key.toLowerCase())) {
      throw problem(
        'startup-failure',
        `${who(key)}: input ${key} is not defined`,
        'Remove it or declare it in the called workflow.',
      );
    }
  }
  const bound = inputs.map((input) => {
    const value = names.get(input.name.toLowerCase());
    const how = { who: who(input.name), texts };
    if (value !== undefined && value !== null) return [input.name, typed(input, value, how)];
    if (input.default !== null)
      return [input.name, typed(input, evaluateTemplate(input.default, scope), how)];
    if (input.required) {
      throw problem(
        'startup-failure',
        `${how.who}: input ${input.name} is required but not given`,
        'Pass it.',
      );
    }
    return [input.name, input.type === 'choice' ? (input.options[0] ?? '') : absent[input.type]];
  });
  return Object.fromEntries(bound);
}
