// Obeys the workflow commands of one step's output, until they are stopped and from when they are resumed.
import { messageOf, problem } from '../engine/problem.js';
import type { Annotation } from '../model.js';
import { type LogCommand, parseLogCommand } from './log-command.js';

/** What commands may do to a step. */
export interface CommandEffects {
  line(text: string): void;
  /** A debug message, which may not be wanted. */
  debug(text: string): void;
  output(name: string, value: string): void;
  state(name: string, value: string): void;
  mask(value: string): void;
  annotate(annotation: Annotation): void;
  /** A command that GitHub refuses; the step fails. */
  fail(message: string): void;
}

const names = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
];
const registered = new Set(names);

function annotationOf({ name, properties, value }: LogCommand): Annotation {
  const line = Number(properties['line']);
  return {
    level: name === 'error' ? 'failure' : name === 'warning' ? 'warning' : 'notice',
    message: value,
    ...(properties['title'] === undefined ? {} : { title: properties['title'] }),
    ...(properties['file'] === undefined ? {} : { file: properties['file'] }),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
  };
}

function required({ name, properties }: LogCommand): string {
  const key = properties['name'];
  if (key === undefined || key === '') {
    throw problem(
      'step-failed',
      `Required field 'name' is missing in ##[${name}] command.`,
      'Give it a name.',
    );
  }
  return key;
}

function deprecated(effects: CommandEffects, name: string, instead: string): void {
  effects.annotate({
    level: 'warning',
    message: `The \`${name}\` command is deprecated; write to ${instead}.`,
  });
}

function obey(command: LogCommand, effects: CommandEffects): void {
  const { name, value } = command;
  switch (name) {
    case 'set-output':
      effects.output(required(command), value);
      deprecated(effects, name, '$GITHUB_OUTPUT');
      return;
    case 'save-state':
      effects.state(required(command), value);
      deprecated(effects, name, '$GITHUB_STATE');
      return;
    case 'add-mask':
      if (value.trim() === '')
        effects.annotate({ level: 'warning', message: "Can't add a mask for an empty text." });
      else effects.mask(value);
      return;
    case 'set-env':
    case 'add-path':
      throw problem(
        'step-failed',
        `The \`${name}\` command is disabled.`,
        'Write to $GITHUB_ENV or $GITHUB_PATH.',
      );
    case 'error':
    case 'warning':
    case 'notice':
      effects.annotate(annotationOf(command));
      effects.line(`##[${name}]${value}`);
      return;
    case 'group':
    case 'endgroup':
      effects.line(`##[${name}]${value}`);
      return;
    case 'debug':
      effects.debug(value);
      return;
    default:
      // echo and problem matchers change nothing that the rehearsal shows.
      return;
  }
}

/** A processor for the lines of one process. Source: `ActionCommandManager` of actions/runner. */
export function createCommandProcessor(effects: CommandEffects): (line: string) => void {
  let stopToken: string | null = null;
  const known = (name: string): boolean =>
    stopToken === null ? registered.has(name.toLowerCase()) : name === stopToken;
  return (line) => {
    const command = parseLogCommand(line, known);
    if (command === null) {
      effects.line(line);
      return;
    }
    try {
      if (stopToken !== null) stopToken = null;
      else if (command.name === 'stop-commands') stopToken = tokenOf(command.value);
      else obey(command, effects);
    } catch (error) {
      effects.line(line);
      effects.fail(messageOf(error));
    }
  };
}

function tokenOf(value: string): string {
  if (value !== '' && value !== 'pause-logging' && !registered.has(value.toLowerCase())) return value;
  throw problem(
    'step-failed',
    `The token '${value}' of stop-commands is not safe.`,
    'Use a long random token.',
  );
}
