// What tests and tasks have alike as inputs: a command as a list, variables, a deadline.
import { InputError } from '@headgate/kit/errors';
import { keyValuesOf, textOf } from '@headgate/kit/input-values';
import { parseDuration } from '@headgate/kit/quantities';

export interface OneOffRequest {
  readonly name: string;
  /** The whole argv; empty: what the image itself starts. */
  readonly command: readonly string[];
  /** Added to the service's own. */
  readonly environment: ReadonlyMap<string, string>;
  readonly deadlineMs: number;
}

export interface OneOffForm {
  readonly input: string;
  readonly name: string;
  /** All that it may have. */
  readonly members: readonly string[];
  readonly usualDeadline: string;
  /** Without one the service itself would start. */
  readonly needsCommand: boolean;
}

export const oneOffMembers: readonly string[] = ['command', 'environment', 'deadline'];
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws {InputError} naming the input and its member */
export function parseOneOff(value: unknown, form: OneOffForm): OneOffRequest {
  const { input, name, members, needsCommand } = form;
  checkName(form);
  if (!isMapping(value))
    throw wrongMember(input, `${name}: a map was expected`, `Give it ${members.join(', ')}.`);
  const unknown = Object.keys(value).find((key) => !members.includes(key));
  if (unknown !== undefined)
    throw wrongMember(input, `${name}: it has no ${unknown}`, `Use ${members.join(', ')} only.`);
  const command = parseCommand(form, value['command'] ?? []);
  if (needsCommand && command.length === 0) {
    const hint =
      'Write it as a list, for example [node, smoke.js]: without one the service itself would start.';
    throw wrongMember(input, `${name}: a command was expected`, hint);
  }
  const environment = parseEnvironment(form, value['environment'] ?? {});
  return { name, command, environment, deadlineMs: parseDeadline(form, value['deadline']) };
}

/** It becomes a part of a container's name. @throws {InputError} */
export function checkName({ input, name }: Pick<OneOffForm, 'input' | 'name'>): void {
  if (!namePattern.test(name))
    throw wrongMember(input, `${JSON.stringify(name)} is no name`, 'Use letters, digits, ., _ and -.');
}

export function parseCommand(
  { input, name }: Pick<OneOffForm, 'input' | 'name'>,
  value: unknown,
): readonly string[] {
  if (!Array.isArray(value)) {
    const hint = 'Write [node, smoke.js], not "node smoke.js": no shell takes it apart.';
    throw wrongMember(input, `${name}: command: a list was expected`, hint);
  }
  const command = value.map((item: unknown) =>
    typeof item === 'string' ? item : textOf(`${input}: ${name}.command`, item),
  );
  if (!command.some((item) => item.includes('\0'))) return command;
  throw wrongMember(input, `${name}: command: it holds a NUL character`, 'Remove it.');
}

function parseEnvironment({ input, name }: OneOffForm, value: unknown): ReadonlyMap<string, string> {
  if (!isMapping(value))
    throw wrongMember(input, `${name}: environment: a map was expected`, 'Write {NAME: value}.');
  const environment = keyValuesOf(`${input}: ${name}.environment`, value);
  const bad = [...environment.keys()].find((variable) => !variablePattern.test(variable));
  if (bad === undefined) return environment;
  const problem = `${name}: ${JSON.stringify(bad)} is no name of a variable`;
  throw wrongMember(input, problem, 'Use letters, digits and _.');
}

export function parseDeadline(
  { input, name, usualDeadline }: Pick<OneOffForm, 'input' | 'name' | 'usualDeadline'>,
  value: unknown,
  member = 'deadline',
): number {
  const milliseconds = parseDuration(textOf(`${input}: ${name}.${member}`, value ?? usualDeadline));
  if (milliseconds !== null && milliseconds > 0) return milliseconds;
  const problem = `${name}: ${member}: a time longer than 0 was expected`;
  throw wrongMember(input, problem, 'Write for example 30s or 5m.');
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function wrongMember(input: string, problem: string, hint: string): InputError {
  return new InputError(input, problem, hint);
}
