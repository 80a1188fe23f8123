// What a container's first process says when its command cannot be executed; pure. Source: runc, libcontainer's init.

const initWords =
  /^(?:exec |standard_init_linux\.go:\d+: exec )[^\n]{0,300}(exec format error|no such file or directory|permission denied)\s*$/;

export interface CannotRun {
  /** The whole line: hostile text, at most 300 characters. */
  readonly line: string;
  readonly hint: string;
}

/** Null when the last log lines say nothing of it. */
export function cannotRunIn(lines: readonly string[]): CannotRun | null {
  const said = lines.map((line) => initWords.exec(line)).find((match) => match !== null) ?? null;
  if (said === null) return null;
  const isForeign = said[1] === 'exec format error';
  return {
    line: said[0].trim().slice(0, 300),
    hint: isForeign
      ? 'Build the image for the host’s platform, or give the script that is started a first line such as #!/bin/sh.'
      : 'Check command, entrypoint and their permissions, and that the image holds the interpreter they name.',
  };
}
