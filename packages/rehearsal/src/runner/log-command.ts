// Workflow commands in output lines, in both syntaxes that the runner honours.

export interface LogCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | undefined>>;
  readonly value: string;
}

function unescapeCurrent(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeCurrentProperty(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

function unescapeLegacy(text: string): string {
  return text.replaceAll('%3B', ';').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%5D', ']');
}

function propertiesOf(
  text: string,
  separator: string,
  decode: (text: string) => string,
): Record<string, string> {
  const pairs = text
    .split(separator)
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1))] as const);
  return Object.fromEntries(pairs);
}

function split(head: string): readonly [string, string] {
  const space = head.indexOf(' ');
  return space === -1 ? [head, ''] : [head.slice(0, space), head.slice(space + 1)];
}

/** `::name key=value,…::data`, only at the start of a line (leading blanks apart). */
function parseCurrent(line: string, known: (name: string) => boolean): LogCommand | null {
  const text = line.trimStart();
  if (!text.startsWith('::')) return null;
  const end = text.indexOf('::', 2);
  if (end === -1) return null;
  const [name, properties] = split(text.slice(2, end));
  if (!known(name)) return null;
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(properties, ',', unescapeCurrentProperty),
    value: unescapeCurrent(text.slice(end + 2)),
  };
}

/** `##[name key=value;…]data`, anywhere in a line. */
function parseLegacy(line: string, known: (name: string) => boolean): LogCommand | null {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start === -1 || end === -1) return null;
  const [name, properties] = split(line.slice(start + 3, end));
  if (!known(name)) return null;
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(properties, ';', unescapeLegacy),
    value: unescapeLegacy(line.slice(end + 1)),
  };
}

/**
 * The command in a line, if there is one whose name is known.
 * Source: `ActionCommand.TryParseV2` and `TryParse` of actions/runner.
 */
export function parseLogCommand(line: string, known: (name: string) => boolean): LogCommand | null {
  return parseCurrent(line, known) ?? parseLegacy(line, known);
}
