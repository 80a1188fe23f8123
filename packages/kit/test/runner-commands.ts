// The runner's own reading of a step's output, as its sources have it (ActionCommandManager, ActionCommand, v2.336).

export interface ExecutedCommand {
  readonly name: string;
  readonly data: string;
}

const registered = [
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

/** Every command the runner would act on, in order; what it does while stopped is nothing but waiting for the token. */
export function executedCommands(output: string): readonly ExecutedCommand[] {
  const executed: ExecutedCommand[] = [];
  let token: string | null = null;
  // .NET ends a line at \n, \r and \r\n.
  for (const line of output.split(/\r\n|\n|\r/)) {
    const known: readonly string[] = token === null ? registered : [...registered, token];
    const command = parseV2(line, known) ?? parseV1(line, known);
    if (command === null) continue;
    if (token !== null) {
      if (command.name.toLowerCase() === token.toLowerCase()) token = null;
      continue;
    }
    executed.push(command);
    if (command.name === 'stop-commands') token = command.data;
  }
  return executed;
}

/** `::name key=value::data`, white space before it allowed. */
function parseV2(line: string, known: readonly string[]): ExecutedCommand | null {
  const text = line.trimStart();
  if (!text.startsWith('::')) return null;
  const end = text.indexOf('::', 2);
  if (end < 0) return null;
  return named(text.slice(2, end), text.slice(end + 2), known);
}

/** `##[name key=value;]data`, anywhere in a line. */
function parseV1(line: string, known: readonly string[]): ExecutedCommand | null {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return null;
  return named(line.slice(start + 3, end), line.slice(end + 1), known);
}

function named(info: string, data: string, known: readonly string[]): ExecutedCommand | null {
  const name = info.split(' ')[0] ?? '';
  return known.some((other) => other.toLowerCase() === name.toLowerCase())
    ? { name: name.toLowerCase(), data }
    : null;
}
