// The input `tests`: one-off containers that judge a deployment from inside its network.
import { InputError } from '@headgate/kit/errors';
import { keyValuesOf, textOf } from '@headgate/kit/input-values';
import { parseDuration } from '@headgate/kit/quantities';

export interface TestRequest {
  readonly name: string;
  /** Name of an image in the record; '' : the image that is deployed. */
  readonly imageName: string;
  /** The whole argv; empty: what the image itself starts. */
  readonly command: readonly string[];
  /** Added to the service's own. */
  readonly environment: ReadonlyMap<string, string>;
  readonly deadlineMs: number;
}

const input = 'tests';
const members = ['image-name', 'command', 'environment', 'deadline'];
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const usualDeadline = '1m';

/** @throws {InputError} naming the test and its member */
export function parseTests(value: unknown): readonly TestRequest[] {
  if (value === null || value === '') return [];
  if (!isMapping(value))
    throw wrong('a map from a name to a test was expected', 'Write smoke: {command: […]}.');
  return Object.entries(value).map(([name, test]) => parseTest(name, test));
}

function parseTest(name: string, test: unknown): TestRequest {
  if (!namePattern.test(name))
    throw wrong(`${JSON.stringify(name)} is no name`, 'Use letters, digits, ., _ and -.');
  if (!isMapping(test)) throw wrong(`${name}: a map was expected`, `Give it ${members.join(', ')}.`);
  const unknown = Object.keys(test).find((key) => !members.includes(key));
  if (unknown !== undefined) throw wrong(`${name}: it has no ${unknown}`, `Use ${members.join(', ')} only.`);
  const imageName = textOf(`${input}: ${name}.image-name`, test['image-name'] ?? '');
  const command = parseCommand(name, test['command'] ?? []);
  if (imageName === '' && command.length === 0) {
    const hint =
      'Write it as a list, for example [node, smoke.js]: without one the service itself would start.';
    throw wrong(`${name}: a command was expected`, hint);
  }
  return {
    name,
    imageName,
    command,
    environment: parseEnvironment(name, test['environment'] ?? {}),
    deadlineMs: parseDeadline(name, test['deadline'] ?? usualDeadline),
  };
}

function parseCommand(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    const hint = 'Write [node, smoke.js], not "node smoke.js": no shell takes it apart.';
    throw wrong(`${name}: command: a list was expected`, hint);
  }
  const command = value.map((item: unknown) =>
    typeof item === 'string' ? item : textOf(`${input}: ${name}.command`, item),
  );
  if (!command.some((item) => item.includes('\0'))) return command;
  throw wrong(`${name}: command: it holds a NUL character`, 'Remove it.');
}

function parseEnvironment(name: string, value: unknown): ReadonlyMap<string, string> {
  if (!isMapping(value)) throw wrong(`${name}: environment: a map was expected`, 'Write {NAME: value}.');
  const environment = keyValuesOf(`${input}: ${name}.environment`, value);
  const bad = [...environment.keys()].find((variable) => !variablePattern.test(variable));
  if (bad === undefined) return environment;
  throw wrong(`${name}: ${JSON.stringify(bad)} is no name of a variable`, 'Use letters, digits and _.');
}

function parseDeadline(name: string, value: unknown): number {
  const milliseconds = parseDuration(textOf(`${input}: ${name}.deadline`, value));
  if (milliseconds !== null && milliseconds > 0) return milliseconds;
  throw wrong(`${name}: deadline: a time longer than 0 was expected`, 'Write for example 30s or 5m.');
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(problem: string, hint: string): InputError {
  return new InputError(input, problem, hint);
}
