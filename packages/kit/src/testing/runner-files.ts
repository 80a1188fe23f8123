// The runner's file commands, read back as the runner reads them.

/**
 * Parses `NAME=VALUE` lines and `NAME<<DELIMITER` blocks.
 * @throws {Error} for what makes the runner fail the step: a line that is neither, or a block without its end.
 */
export function parseFileCommands(text: string): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      result.set(line.slice(0, equals), line.slice(equals + 1));
    } else if (heredoc >= 0) {
      const end = lines.indexOf(line.slice(heredoc + 2), index + 1);
      if (end < 0) throw new Error(`no end of the block ${JSON.stringify(line)}`);
      result.set(line.slice(0, heredoc), lines.slice(index + 1, end).join('\n'));
      index = end;
    } else {
      throw new Error(`neither NAME=VALUE nor NAME<<DELIMITER: ${JSON.stringify(line)}`);
    }
  }
  return result;
}
