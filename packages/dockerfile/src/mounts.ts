// The `from` of `RUN --mount`. Source: BuildKit, instructions/commands_runmount.go.
import { DockerfileError, shown } from './dockerfile-error.js';
import { flagValues, type Instruction } from './instruction.js';

/**
 * What each mount of a RUN is taken from, whatever its type; empty for one without `from`.
 * @throws {DockerfileError} `from-variable`
 */
export function mountSources(run: Instruction): readonly string[] {
  return flagValues(run, 'mount').map((value) => {
    let source = '';
    for (const field of splitCsv(value ?? '')) {
      const at = field.indexOf('=');
      if (at < 0 || field.slice(0, at).toLowerCase() !== 'from') continue;
      source = field.slice(at + 1);
      const variable = source.indexOf('$');
      if (variable >= 0 && variable !== source.length - 1)
        throw variableInFrom('RUN --mount=from', source, run.line);
    }
    return source;
  });
}

/** @throws nothing: it is thrown by the callers */
export function variableInFrom(what: string, value: string, line: number): DockerfileError {
  return new DockerfileError({
    code: 'from-variable',
    line,
    message: `${what} takes no variables; found ${shown(value)}.`,
    hint: `Name it by a stage of its own: FROM ${value.slice(0, 60)} AS source, with the ARG before the first FROM, and from=source.`,
  });
}

/** Fields between commas; quotes around a field may hold commas, a doubled quote is one. */
function splitCsv(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted && character === '"' && text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"' && (quoted || field === '')) quoted = !quoted;
    else if (character === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}
